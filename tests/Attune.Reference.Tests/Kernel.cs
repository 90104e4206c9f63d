using Attune.Graph.Conformance;
using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Shortens running one operator in a test.</summary>
internal static class Kernel
{
    public static Tensor[] RunAll(string op, int opset, int outputs, Attributes attributes, params Tensor?[] inputs) =>
        ConformanceKernels.All.Run(
            new Node(
                "node",
                op,
                opset,
                [.. inputs.Select((input, i) => input is null ? string.Empty : $"in{i}")],
                [.. Enumerable.Range(0, outputs).Select(i => $"out{i}")],
                attributes),
            inputs);

    public static Tensor Run(string op, Attributes attributes, params Tensor?[] inputs) => RunAll(op, 17, 1, attributes, inputs)[0];

    public static Tensor Run(string op, params Tensor?[] inputs) => Run(op, Attributes.None, inputs);

    /// <summary>0, 1, 2, ... in the given shape.</summary>
    public static Tensor Ramp(params long[] shape) => Floats(Shape.Of(shape), i => i);

    public static Tensor Floats(Shape shape, Func<int, float> value) =>
        Tensor.Of(shape, Enumerable.Range(0, (int)shape.Count).Select(value).ToArray());

    public static Tensor Random(Random random, params long[] shape) => Floats(Shape.Of(shape), _ => (random.NextSingle() * 2) - 1);

    public static void ShouldBe(this Tensor actual, long[] shape, float[] expected)
    {
        actual.Shape.ShouldBe(Shape.Of(shape));
        float[] values = actual.Elements<float>();
        values.Length.ShouldBe(expected.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i].ShouldBe(expected[i], 1e-5, $"element {i}");
        }
    }

    public static void ShouldBeNear(this Tensor actual, Tensor expected)
    {
        actual.Shape.ShouldBe(expected.Shape);
        float[] values = actual.Elements<float>();
        float[] wanted = expected.Elements<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i].ShouldBe(wanted[i], 1e-5, $"element {i}");
        }
    }
}
