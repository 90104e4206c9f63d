using Attune.Kernels;

namespace Attune.Runtime.Tests;

/// <summary>Compares what kernels computed with what the reference kernels did: sums in another order differ by roundings only.</summary>
internal static class Closeness
{
    public static void Check(string name, Tensor actual, Tensor expected)
    {
        actual.Shape.ShouldBe(expected.Shape);
        float[] a = actual.Elements<float>();
        float[] e = expected.Elements<float>();
        for (int i = 0; i < e.Length; i++)
        {
            (a[i].Equals(e[i]) || Math.Abs(a[i] - e[i]) <= 2e-4f * Math.Max(1, Math.Abs(e[i]))).ShouldBeTrue($"{name}[{i}] is {a[i]}, expected {e[i]}");
        }
    }
}
