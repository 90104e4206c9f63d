using Attune.Graph.Conformance;
using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Whatever a model says, a kernel answers with tensors or with one of its two kinds of refusal.</summary>
public class RobustnessTests
{
    private static readonly string[] Names =
    [
        "axis", "axes", "keepdims", "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "ceil_mode", "mode", "perm", "to", "alpha", "beta",
        "blocksize", "num_outputs", "split", "hidden_size", "direction", "equation", "size", "epsilon", "k", "largest", "upper", "output_shape", "scales",
        "activation", "transA", "transB", "batch_dims", "reduction", "num_groups", "starts", "ends", "value", "shape", "noop_with_empty_axes", "p",
    ];

    public static TheoryData<string> Operators => [.. ConformanceKernels.All.Operators];

    [Theory]
    [MemberData(nameof(Operators))]
    [Trait(Category.Name, Category.Slow)]
    public void Nonsense_is_refused_in_an_orderly_way(string op)
    {
        var random = new Random(17);
        for (int trial = 0; trial < 300; trial++)
        {
            Attributes attributes = Attributes.None;
            for (int i = random.Next(4); i > 0; i--)
            {
                attributes = attributes.With(Names[random.Next(Names.Length)], Value(random));
            }

            Tensor?[] inputs = [.. Enumerable.Range(0, random.Next(7)).Select(_ => random.Next(12) == 0 ? null : Input(random))];
            Node node = new("n", op, random.Next(1, 22), [.. inputs.Select((_, i) => $"i{i}")], ["o"], attributes);
            try
            {
                ConformanceKernels.All.Run(node, inputs).ShouldAllBe(output => output.Shape.Count == output.Count);
            }
            catch (Exception refusal) when (refusal is UnsupportedOperatorException or ArgumentException)
            {
                refusal.Message.ShouldNotBeEmpty();
            }
        }
    }

    private static object Value(Random random) => random.Next(6) switch
    {
        0 => (long)random.Next(-3, 6),
        1 => random.NextSingle(),
        2 => Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(-2, 4)).ToArray(),
        3 => new[] { "SAME_UPPER", "max", "ij,jk->ik", "reverse", "linear", "CRD" }[random.Next(6)],
        4 => Input(random),
        _ => 1L,
    };

    private static Tensor Input(Random random)
    {
        var shape = Shape.Of([.. Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(random.Next(8) == 0 ? 0 : 1, 4))]);
        int count = (int)shape.Count;
        return random.Next(8) switch
        {
            0 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => (long)random.Next(-2, 4)).ToArray()),
            1 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => random.Next(-2, 4)).ToArray()),
            2 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => (byte)random.Next(5)).ToArray()),
            3 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => random.Next(2) == 0).ToArray()),
            4 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => (Half)random.NextSingle()).ToArray()),
            5 when random.Next(3) == 0 => Tensor.Of(shape, Enumerable.Range(0, count).Select(_ => "a").ToArray()),
            _ => Kernel.Floats(shape, _ => random.NextSingle() * 3),
        };
    }
}
