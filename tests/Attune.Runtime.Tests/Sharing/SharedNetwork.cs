using Attune.Kernels;

namespace Attune.Runtime.Tests.Sharing;

/// <summary>A small network with every kind of step between barriers: several algorithms, pools, gates, copies, products, softmax.</summary>
internal static class SharedNetwork
{
    public static Network Build(NetworkSketch s)
    {
        string x = s.Input("x", 1, 3, 33, 29);
        string a = s.Conv(x, [1, 32, 17, 15], 3, 2, 1);
        string b = s.Conv(a, [1, 32, 17, 15], 3, 1, 1, group: 32, activation: "silu");
        string c = s.Conv(b, [1, 64, 17, 15], 1);
        string d = s.Conv(c, [1, 64, 17, 15], 3, 1, 1, residual: c);
        string pooled = s.Node("MaxPool", [d], [1, 64, 8, 7], Attributes.None.With("kernel_shape", new[] { 2L, 2L }).With("strides", new[] { 2L, 2L }));
        string both = s.Node("Concat", [pooled, pooled], [1, 128, 8, 7], Attributes.None.With("axis", 1L));
        string rows = s.Node("Reshape", [both, s.Constant("rows", Tensor.Vector(new[] { 1L, 128L, 56L }))], [1, 128, 56]);
        string turned = s.Node("Transpose", [rows], [1, 56, 128], Attributes.None.With("perm", new[] { 0L, 2L, 1L }));
        string product = s.Dense(turned, [1, 56, 48], activation: "gelu");
        return s.Finish(s.Node("Softmax", [product], [1, 56, 48], Attributes.None.With("axis", -1L)));
    }
}
