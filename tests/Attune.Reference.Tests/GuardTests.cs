using Attune.Graph.Conformance;
using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>
/// What a check of a node promises. With everything known it refuses exactly the nodes that a run refuses for their operator, attributes and types, in
/// the same words; with types alone it refuses none that would run, and lets none pass that is then not supported.
/// </summary>
public class GuardTests
{
    private const int Trials = 400;

    private static readonly (string Name, object[] Values)[] Settings =
    [
        ("axis", [0, 1, -1, 2, 7, 0.5f]), ("axes", [new long[] { 0 }, new long[] { 1, -1 }, new long[] { 0, 0 }, Array.Empty<long>()]),
        ("keepdims", [0, 1]), ("noop_with_empty_axes", [0, 1]),
        ("kernel_shape", [new long[] { 2 }, new long[] { 1, 1 }, new long[] { 2, 2 }, new long[] { 0, 1 }]),
        ("strides", [new long[] { 1, 1 }, new long[] { 2, 1 }, new long[] { 0, 0 }]),
        ("pads", [new long[] { 1, 0, 1, 0 }, new long[] { -1, 0, 0, 0 }, new long[] { 1, 1 }]),
        ("dilations", [new long[] { 1, 1 }, new long[] { 2, 2 }, new long[] { int.MaxValue, 1 }]), ("group", [1, 2, 0]),
        ("auto_pad", ["SAME_UPPER", "VALID", "SAME", "NOTSET"]),
        ("ceil_mode", [1]), ("mode", ["linear", "cubic", "constant", "reflect", "CRD", "nearest", "bilinear", "max", "TF"]),
        ("perm", [new long[] { 1, 0 }, new long[] { 0, 0 }]),
        ("to", [1, 7, 9, 22, 0, -1]), ("blocksize", [1, 2, 0]), ("block_size", [0, 1, 2, -1]), ("num_outputs", [1, 2]),
        ("split", [new long[] { 1, 1 }, new long[] { 2 }]),
        ("equation", ["ij,jk->ik", "ii->i", "ab->ba", "i->"]), ("size", [1, 3, 0]), ("p", [1, 2, 3, 0]), ("k", [1, -1]), ("num_groups", [1, 2, 0]),
        ("training_mode", [0, 1]),
        ("spatial", [0, 1]), ("reduction", ["none", "add", "sum", "mean", "maximum"]), ("batch_dims", [0, 1, -1]),
        ("scales", [new[] { 1f, 2 }, new[] { 1f, 1, 2, 2 }]),
        ("coordinate_transformation_mode", ["half_pixel", "align_corners", "unknown"]), ("direction", ["LEFT", "RIGHT", "reverse", "up"]),
        ("approximate", ["tanh", "erf"]),
        ("padding_mode", ["zeros", "border", "mirror"]), ("starts", [new long[] { 0 }]), ("ends", [new long[] { 1 }]),
        ("shape", [new long[] { -1 }, new long[] { 2, 2 }]),
        ("activation", ["relu", "swish"]), ("transA", [1]), ("transB", [1]), ("output_dtype", [0, 2, 3, 21]), ("dtype", [1, 7, 99]), ("epsilon", [1e-3f, 1]),
        ("value", [Tensor.Vector(1f), Tensor.Vector(1f, 2)]), ("upper", [0, 1]), ("fmod", [0, 1]), ("time_axis", [0, 1]), ("batch_axis", [0, 1]),
        ("is_test", [1]),
        ("ratio", [0f]), ("heads", [1]), ("value_size", [2]), ("select_last_index", [1]), ("nearest_mode", ["floor", "round"]), ("antialias", [1]),
        ("case_change_action", ["LOWER", "TITLE"]), ("output_shape", [new long[] { 3, 3 }]), ("output_padding", [new long[] { 1, 1 }, new long[] { -1, 0 }]),
        ("largest", [0]),
    ];

    public static TheoryData<string> Operators => [.. ConformanceKernels.All.Operators];

    [Theory]
    [MemberData(nameof(Operators))]
    [Trait(Category.Name, Category.Slow)]
    public void A_check_and_a_run_refuse_the_same(string op)
    {
        var random = new Random(op.Length + op[0]);
        for (int trial = 0; trial < Trials; trial++)
        {
            (Node node, Tensor?[] inputs) = Sample(op, random);
            TensorType?[] types = Array.ConvertAll(inputs, static input => input?.Type);
            NodeRefusal? whole = ConformanceKernels.All.Check(node, types, inputs);
            NodeRefusal? early = ConformanceKernels.All.Check(node, types, new Tensor?[inputs.Length]);
            Exception? refusal = Try(node, inputs);
            string place = $"{node} {string.Join(", ", node.Attributes.Select(static pair => $"{pair.Key}={pair.Value}"))} on "
                + $"{string.Join<TensorType?>(", ", types)}: {refusal?.Message}";

            if (whole is not null)
            {
                refusal.ShouldNotBeNull(place);
                refusal.Message.ShouldBe(whole.Message, place);
                (refusal is UnsupportedOperatorException).ShouldBe(whole.Unsupported, place);
            }
            else
            {
                refusal.ShouldNotBeOfType<UnsupportedOperatorException>(place);
            }

            if (early is not null)
            {
                refusal.ShouldNotBeNull(place);
            }
            else if (refusal is UnsupportedOperatorException)
            {
                // Only a value can have shown it: whether to drop elements may be an input.
                op.ShouldBe("Dropout", place);
            }
        }
    }

    [Fact]
    public void Most_operators_are_met_running_and_refused()
    {
        int both = 0;
        foreach (string op in ConformanceKernels.All.Operators)
        {
            var random = new Random(op.Length + op[0]);
            Exception?[] outcomes = [.. Enumerable.Range(0, Trials).Select(_ => Sample(op, random)).Select(static sample => Try(sample.Node, sample.Inputs))];
            both += outcomes.Contains(null) && outcomes.Any(static outcome => outcome is not null) ? 1 : 0;
        }

        both.ShouldBeGreaterThan(ConformanceKernels.All.Operators.Count / 2);
    }

    private static Exception? Try(Node node, Tensor?[] inputs)
    {
        try
        {
            ConformanceKernels.All.Run(node, inputs);
            return null;
        }
        catch (Exception refusal) when (refusal is UnsupportedOperatorException or InvalidNodeException)
        {
            return refusal;
        }
    }

    private static (Node Node, Tensor?[] Inputs) Sample(string op, Random random)
    {
        Attributes attributes = Attributes.None;
        for (int i = random.Next(4); i > 0; i--)
        {
            (string name, object[] values) = Settings[random.Next(Settings.Length)];
            attributes = attributes.With(name, values[random.Next(values.Length)]);
        }

        // Inputs of one shape and type are what most operators take; the rest are surprises.
        long[] shape = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(1, 4))];
        DataType type = random.Next(3) == 0 ? (DataType)random.Next(1, 14) : DataType.Float32;
        int count = random.Next(1, 5);
        Tensor?[] inputs = [.. Enumerable.Range(0, count).Select(i => random.Next(3) switch
        {
            0 when i > 0 => Surprise(random, shape),
            1 when random.Next(6) == 0 => null,
            _ => Filled(type, shape, random),
        })];
        string[] outputs = [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(1, 4) : 1).Select(static i => $"o{i}")];
        return (
            new Node("n", op, random.Next(7, 22), [.. inputs.Select(static (input, i) => input is null ? string.Empty : $"i{i}")], [.. outputs], attributes),
            inputs);
    }

    private static Tensor Surprise(Random random, long[] shape) => random.Next(7) switch
    {
        0 => Tensor.Vector([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (long)random.Next(-2, 4))]),
        1 => Tensor.Scalar((long)random.Next(-1, 3)),
        2 => Filled(DataType.Float32, [shape[^1]], random),
        3 => Filled(DataType.Int64, shape, random),
        4 => Filled(DataType.Bool, shape, random),
        5 => Filled(DataType.Float32, [shape.Length > 1 ? shape[1] : 1], random),
        _ => Tensor.Vector([.. Enumerable.Repeat(1f, shape.Length)]),
    };

    private static Tensor Filled(DataType type, long[] shape, Random random)
    {
        Tensor numbers = Kernel.Floats(Shape.Of(shape), _ => random.Next(-2, 5));
        return Kernel.RunAll("Cast", 13, 1, Attributes.None.With("to", (long)type), numbers)[0];
    }
}
