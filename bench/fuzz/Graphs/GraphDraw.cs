using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>A graph while it is drawn: the values so far, and the dice. Not thread-safe.</summary>
/// <param name="name">Name of the network.</param>
/// <param name="random">The dice; they decide everything.</param>
/// <param name="opset">Operator set.</param>
internal sealed class GraphDraw(string name, Random random, int opset)
{
    /// <summary>Most elements of a value: graphs must be tiny, so that thousands can be tried.</summary>
    public const long MaxElements = 4096;

    /// <summary>Most multiplications of one operator, for the sake of the reference kernels.</summary>
    public const long MaxProducts = 300_000;

    // Around every vector width, and some that are neither.
    private static readonly int[] Channels = [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 12, 15, 16, 16, 17, 24, 31, 32, 33, 48];
    private static readonly int[] Places = [1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 12, 16, 17];

    private readonly NetworkBuilder builder = new(name, opset);
    private readonly List<string> values = [];
    private readonly HashSet<string> read = [];
    private int names;

    /// <summary>Operator set of every node.</summary>
    public int Opset => opset;

    /// <summary>Nodes so far.</summary>
    public int Nodes { get; private set; }

    /// <summary>Float values so far, inputs first.</summary>
    public IReadOnlyList<string> Values => values;

    public bool Chance(double share) => random.NextDouble() < share;

    public int Below(int limit) => random.Next(limit);

    /// <summary>A number from the first to the last one.</summary>
    public int Between(int first, int last) => random.Next(first, last + 1);

    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public int Channel() => OneOf<int>(Channels);

    public int Place() => OneOf<int>(Places);

    public Shape ShapeOf(string value) => builder.TypeOf(value).Shape;

    /// <summary>A value that fits, the newest one more often than others, so that chains arise which passes can work on; null when there is none.</summary>
    public string? Pick(Func<Shape, bool> fits)
    {
        string[] fitting = [.. values.Where(value => fits(ShapeOf(value)))];
        return fitting.Length == 0 ? null : Chance(0.6) ? fitting[^1] : OneOf<string>(fitting);
    }

    public string? PickRank(params int[] ranks) => Pick(shape => Array.IndexOf(ranks, shape.Rank) >= 0);

    /// <summary>A new input.</summary>
    public string Input(params ReadOnlySpan<long> extents)
    {
        string value = builder.Input($"x{names++}", extents);
        values.Add(value);
        return value;
    }

    /// <summary>A constant of random numbers, most of them within one of zero, divided by the root of how many are summed.</summary>
    public string Numbers(Shape shape, double terms = 1)
    {
        double scale = 1 / Math.Sqrt(Math.Max(1, terms));
        NumberKind kind = Chance(0.8) ? NumberKind.Plain : OneOf(NumberKind.Sparse, NumberKind.Positive, NumberKind.Mixed);
        return Constant(RandomNumbers.Draw(random, shape, kind, scale));
    }

    /// <summary>Positive numbers, as variances are.</summary>
    public string Positive(Shape shape) => Constant(RandomNumbers.Draw(random, shape, NumberKind.Positive, 1));

    /// <summary>Signed bytes, as weights are: -128 is none of them.</summary>
    public Tensor Signed(Shape shape) => Tensor.Of(shape, Enumerable.Range(0, (int)shape.Count).Select(_ => (sbyte)random.Next(-127, 128)).ToArray());

    public string Scalar(float value) => Constant(Chance(0.7) ? Tensor.Scalar(value) : Tensor.Vector(value));

    public string Longs(params long[] numbers) => Constant(Tensor.Vector(numbers));

    public string Constant(Tensor tensor) => builder.Constant($"c{names++}", tensor);

    /// <summary>Adds an operator with one result, which later operators may read.</summary>
    public string Add(string operation, ReadOnlySpan<string> operands, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Add(operation, operands, 1, attributes)[0];

    /// <summary>Adds an operator with several results.</summary>
    public string[] Add(string operation, ReadOnlySpan<string> operands, int results, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, results).Select(_ => $"v{names++}")];
        builder.Add(operation, $"{operation}_{Nodes++}", operands, outputs, attributes);
        foreach (string operand in operands)
        {
            read.Add(operand);
        }

        values.AddRange(outputs.Where(output => builder.TypeOf(output).Element == DataType.Float32));
        return outputs;
    }

    /// <summary>Adds an operator whose result nobody reads but the caller: weights, and what lies inside of a pattern.</summary>
    public string Aside(string operation, ReadOnlySpan<string> operands, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string result = Add(operation, operands, attributes);
        Hide(result);
        return result;
    }

    /// <summary>Keeps a value from what follows.</summary>
    public void Hide(string value) => values.Remove(value);

    /// <summary>
    /// Makes all values since some number of them that are read already, but the newest, invisible to what follows: nobody else reads inside most patterns.
    /// </summary>
    public void Close(int since)
    {
        for (int i = values.Count - 2; i >= since; i--)
        {
            if (read.Contains(values[i]))
            {
                values.RemoveAt(i);
            }
        }
    }

    /// <summary>The network: everything nobody reads is an output, and in every other graph something that is read.</summary>
    public Network Finish()
    {
        foreach (string value in values.Where(value => !read.Contains(value)))
        {
            builder.Output(value);
        }

        bool more = Chance(0.5);
        foreach (string value in values.Where(value => more && read.Contains(value) && Chance(0.2)))
        {
            builder.Output(value);
        }

        Network network = builder.Build();
        HashSet<string> used = [.. network.Nodes.SelectMany(node => node.Inputs)];
        string[] unused = [.. network.Constants.Keys.Where(constant => !used.Contains(constant))];
        return network with { Constants = network.Constants.RemoveRange(unused), Types = network.Types.RemoveRange(unused) };
    }
}
