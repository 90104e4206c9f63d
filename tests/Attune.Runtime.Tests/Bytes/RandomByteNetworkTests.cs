using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Bytes;

/// <summary>Quantised networks of random operators in random order: layouts are sound, and compiled networks agree with the reference kernels.</summary>
public sealed class RandomByteNetworkTests
{
    private const int Networks = 40;

    public static TheoryData<int, int> Seeds
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int seed = 0; seed < Networks; seed++)
            {
                data.Add(seed, seed % 3 == 0 ? 4 : seed % 3 == 1 ? 8 : 16);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void They_agree_with_the_reference_kernels(int seed, int lanes)
    {
        Network network = Draw(new Random(seed), new QuantisedModel(seed));
        LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(lanes))).ShouldBeEmpty();
        var options = new ModelOptions { Lanes = lanes, Threads = 1 + (seed % 2) };
        using CompiledModel compiled = CompiledModel.Compile(network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), options);
        var random = new Random(seed + 1);
        Shape shape = network.Inputs[0].Type.Shape;
        var inputs = new Dictionary<string, Tensor>
        {
            ["x"] = Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 10) - 5)]),
        };
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        IReadOnlyDictionary<string, Tensor> actual = compiled.Run(inputs);
        foreach (NetworkValue output in network.Outputs)
        {
            float[] wanted = expected[output.Name].Elements<float>();
            float[] errors = [.. actual[output.Name].Elements<float>().Zip(wanted, (one, other) => Math.Abs(one - other))];
            float largest = Math.Max(0.1f, wanted.Max(Math.Abs));

            // Bytes that come out one step away move what follows by little: averages of bytes often lie in the middle of two. A wrong layout, scale or zero
            // changes everything by much.
            errors.Max().ShouldBeLessThan(largest / 8, output.Name);
            errors.Average().ShouldBeLessThan(largest / 100, output.Name);
        }
    }

    private static Network Draw(Random random, QuantisedModel model)
    {
        int Choose(params int[] from) => from[random.Next(from.Length)];
        var values = new List<Image>();
        var first = new Image(string.Empty, Choose(1, 2), Choose(3, 8, 16, 20), random.Next(5, 12), random.Next(5, 12));
        values.Add(first with { Name = model.Pair(model.Input(first.Images, first.Channels, first.Rows, first.Columns)) });
        int operators = random.Next(3, 9);
        for (int i = 0; i < operators; i++)
        {
            Image made = Next(random, model, values[random.Next(Math.Max(0, values.Count - 3), values.Count)], values);
            if (random.Next(10) < 7)
            {
                made = made with { Name = model.Pair(made.Name, Choose(4, 5, 6) / 100f, (byte)Choose(0, 100, 128)) };
            }

            values.Add(made);
        }

        string last = values[^1].Name;
        return random.Next(3) == 0 && values.Count > 2 ? model.Finish(values[^2].Name, last) : model.Finish(last);
    }

    private static Image Next(Random random, QuantisedModel model, Image x, List<Image> values)
    {
        switch (random.Next(11))
        {
            case 0 or 1:
                int to = new[] { 7, 8, 16, 24, 33 }[random.Next(5)];
                int kernel = random.Next(2) == 0 ? 1 : 3;
                int stride = random.Next(4) == 0 ? 2 : 1;
                return x with
                {
                    Name = model.Convolution(x.Name, x.Channels, to, kernel, stride),
                    Channels = to,
                    Rows = ((x.Rows - 1) / stride) + 1,
                    Columns = ((x.Columns - 1) / stride) + 1,
                };
            case 2:
                return x with { Name = model.Convolution(x.Name, x.Channels, x.Channels, 3, 1, x.Channels) };
            case 3:
                return x with { Name = model.Node(new[] { "Relu", "Sigmoid", "HardSwish", "Tanh" }[random.Next(4)], [x.Name]) };
            case 4 when values.Find(value => value.Name != x.Name && value with { Name = x.Name } == x) is { } same:
                return x with { Name = model.Node(random.Next(2) == 0 ? "Add" : "Mul", [x.Name, same.Name]) };
            case 5 or 6:
                Image other = values.Find(value => value.Name != x.Name && value with { Name = x.Name, Channels = x.Channels } == x) ?? x;
                return x with { Name = model.Node("Concat", [x.Name, other.Name], ("axis", 1)), Channels = x.Channels + other.Channels };
            case 7 when x is { Rows: > 3, Columns: > 3 }:
                return x with
                {
                    Name = model.Node(
                        random.Next(2) == 0 ? "MaxPool" : "AveragePool", [x.Name], ("kernel_shape", new[] { 3L, 3 }), ("strides", new[] { 2L, 2 }),
                        ("pads", new[] { 1L, 1, 1, 1 })),
                    Rows = ((x.Rows - 1) / 2) + 1,
                    Columns = ((x.Columns - 1) / 2) + 1,
                };
            case 8 when x.Rows * x.Columns < 200:
                return x with { Name = model.Enlarged(x.Name, 2, 2), Rows = 2 * x.Rows, Columns = 2 * x.Columns };
            case 9 when x.Channels % 2 == 0:
                string[] extents = [model.Extents(x.Images, 2, x.Channels / 2, x.Rows, x.Columns), model.Extents(x.Images, x.Channels, x.Rows, x.Columns)];
                string turned = model.Node("Transpose", [model.Node("Reshape", [x.Name, extents[0]])], ("perm", new[] { 0L, 2, 1, 3, 4 }));
                return x with { Name = model.Node("Reshape", [turned, extents[1]]) };
            case 10 when x.Channels > 4:
                return x with
                {
                    Name = model.Node("Slice", [x.Name, model.Extents(1), model.Extents(x.Channels - 2), model.Extents(1)]),
                    Channels = x.Channels - 3,
                };
            default:
                return x with { Name = model.Node("Softmax", [x.Name], ("axis", -1)) };
        }
    }

    /// <summary>A value of a network that is being drawn.</summary>
    private sealed record Image(string Name, int Images, int Channels, int Rows, int Columns);
}
