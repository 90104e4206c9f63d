using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Plan;

public sealed class RankTests
{
    private static readonly string[] Operators =
    [
        "MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "Add", "Sub", "Mul", "Div", "Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid",
        "HardSwish", "Clip", "Gelu",
        "Concat", "Slice", "Split", "Resize", "Upsample", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Softmax", "LayerNormalization", "MatMul",
        "Transpose",
        FusedOperators.Convolution, FusedOperators.Dense, FusedOperators.Attention,
    ];

    public static TheoryData<string> Names() => [.. Operators];

    /// <summary>
    /// Shapes of any rank from 0 to 8, axes that exist and that do not, results of shapes that the operator cannot have: the plan leaves to the reference
    /// kernel what it cannot run, and never touches memory that it should not.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void No_shape_makes_a_plan_fail_or_leave_its_memory(string op)
    {
        var random = new Random(op.Length);
        for (int round = 0; round < 600; round++)
        {
            var sketch = new NetworkSketch(round);
            long[] shape = ShapeOf(random);
            string x = sketch.Input("x", shape);
            string z = sketch.Input("z", random.Next(2) == 0 ? shape : ShapeOf(random));
            long axis = random.Next(-9, 9);
            long[] list = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(-2, 4))];
            Attributes attributes = Attributes.None.With("axis", axis).With("axes", list).With("kernel_shape", list).With("strides", list).With(
                "pads", new long[] { 0, random.Next(-1, 2), 0, 0 })
                .With("perm", list)
                    .With("heads", 1L)
                    .With("size", 1L)
                    .With("value_size", 4L)
                    .With("offsets", new[] { 0L, 0L, 0L })
                    .With("transB", random.Next(2))
                    .With("group", (long)random.Next(0, 3))
                .With("mode", "nearest").With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", "floor");
            string[] inputs = random.Next(3) switch
            {
                0 => [x, z, sketch.Constant("c", ShapeOf(random)), x],
                1 => [x, sketch.Constant("c", ShapeOf(random)), sketch.Constant("d", ShapeOf(random)), z],
                _ => [x, sketch.Constant("longs", Tensor.Vector(list)), sketch.Constant("more", Tensor.Vector(list))],
            };
            int wanted = op is "Add" or "Sub" or "Mul" or "Div" or "MatMul" or "Concat"
                ? 2
                : op is "Relu" or "Softmax" or "GlobalAveragePool" or "MaxPool" or "AveragePool"
                ? 1
                : inputs.Length;
            string y = sketch.Node(op, inputs[..wanted], random.Next(2) == 0 ? shape : ShapeOf(random), attributes, random.Next(2) == 0 ? 9 : 18);
            LayoutVerifier.Verify(ExecutionPlan.Create(sketch.Finish(y), HostTarget.Of(4))).ShouldBeEmpty($"{op} round {round}");
        }
    }

    public static TheoryData<int, int> RanksAndWidths()
    {
        var cases = new TheoryData<int, int>();
        foreach (int lanes in new[] { 4, 8, 16 })
        {
            for (int rank = 1; rank <= 6; rank++)
            {
                cases.Add(rank, lanes);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(RanksAndWidths))]
    public void Values_of_any_rank_are_concatenated_split_and_normalised_along_any_axis(int rank, int lanes)
    {
        var s = new NetworkSketch(rank);
        long[] shape = [.. Enumerable.Range(0, rank).Select(axis => (long)(axis == 1 ? lanes : 2 + (axis % 2)))];
        string x = s.Input("x", shape);
        string a = s.Node("Relu", [x], shape);
        var outputs = new List<string>();
        for (int axis = -rank; axis < rank; axis++)
        {
            int place = axis < 0 ? axis + rank : axis;
            long[] twice = [.. shape];
            twice[place] *= 3;
            outputs.Add(s.Node("Concat", [a, x, a], twice, Attributes.None.With("axis", (long)axis)));
            long[] first = [.. shape], second = [.. shape];
            first[place] = 1;
            second[place]--;
            (string one, string rest) = s.Split(a, first, second, place);
            outputs.AddRange([one, rest, s.Node("Softmax", [a], shape, Attributes.None.With("axis", (long)axis))]);
        }

        Network network = s.Finish([.. outputs]);
        var inputs = new Dictionary<string, Tensor> { ["x"] = s.Random(Shape.Of(shape)) };
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        using CompiledModel model = CompiledModel.Compile(
            network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        foreach (string output in outputs)
        {
            Closeness.Check(output, actual[output], expected[output]);
        }
    }

    private static long[] ShapeOf(Random random) => [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => (long)random.Next(1, 5))];
}
