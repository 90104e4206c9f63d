using Attune.Kernels;
using Attune.Reference.Operators;

namespace Attune.Reference;

/// <summary>If, Loop and Scan over tensors. Their bodies are networks in attributes that may read values of the enclosing network.</summary>
internal static class ControlFlow
{
    // A model can ask for 2^63 rounds; whoever means it does not want a reference run.
    private const long MaxRounds = 1_000_000;

    /// <summary>True for the operators handled here.</summary>
    public static bool Handles(string op) => op is "If" or "Loop" or "Scan" or FusedOperators.Dynamic;

    /// <summary>Names that bodies within a network read from outside of themselves.</summary>
    public static HashSet<string> FreeNames(Network network) => [.. network.Nodes.SelectMany(FreeNames)];

    /// <summary>As <see cref="FreeNames(Network)"/>, of some nodes.</summary>
    public static HashSet<string> FreeNames(IEnumerable<Node> nodes) => [.. nodes.SelectMany(FreeNames)];

    /// <summary>Names that bodies in a node's attributes read from outside of themselves.</summary>
    public static HashSet<string> FreeNames(Node node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((_, object value) in node.Attributes)
        {
            if (value is Network body)
            {
                names.UnionWith(ReadFromOutside(body));
            }
        }

        return names;
    }

    /// <summary>Names that a body, or a body within it, reads without defining them.</summary>
    public static HashSet<string> ReadFromOutside(Network body)
    {
        HashSet<string> names =
        [
            .. body.Nodes.SelectMany(static node => node.Inputs), .. body.Outputs.Select(static output => output.Name), .. FreeNames(body),
        ];
        names.ExceptWith(body.Nodes.SelectMany(static node => node.Outputs));
        names.ExceptWith(body.Inputs.Select(static input => input.Name));
        names.ExceptWith(body.Constants.Keys);
        names.Remove(string.Empty);
        return names;
    }

    /// <summary>Runs one of the operators.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its operands.</param>
    /// <param name="run">Runs a body, which may read values of the enclosing network besides its own inputs.</param>
    public static Tensor[] Run(Node node, IReadOnlyList<Tensor?> inputs, BodyRun run)
    {
        var call = new KernelCall(node, inputs);
        return node.Operator switch
        {
            "If" => run(Body(call, Numbers.ToLong(call.Input(0)) != 0 ? "then_branch" : "else_branch"), []),
            "Loop" => Loop(call, run),
            "Scan" => call.Opset < 9 ? BatchedScan(call, run) : Scan(call, [.. Enumerable.Range(0, call.InputCount).Select(call.Input)], run),
            _ => run(Body(call, FusedOperators.Body), [.. Enumerable.Range(0, call.InputCount).Select(call.Input)]),
        };
    }

    private static Network Body(KernelCall call, string attribute) =>
        call.Attributes.Find(attribute) as Network ?? throw call.Malformed($"the body '{attribute}' is missing");

    private static Tensor[] Loop(KernelCall call, BodyRun run)
    {
        Network body = Body(call, "body");
        long max = call.Optional(0) is Tensor limit ? Numbers.ToLong(limit) : long.MaxValue;
        Tensor going = call.Optional(1) ?? Tensor.Scalar(value: true);
        Tensor[] carried = [.. Enumerable.Range(2, Math.Max(0, call.InputCount - 2)).Select(call.Input)];
        var collected = new List<Tensor>[Math.Max(0, body.Outputs.Length - 1 - carried.Length)];
        for (int i = 0; i < collected.Length; i++)
        {
            collected[i] = [];
        }

        for (long round = 0; round < max && Numbers.ToLong(going) != 0; round++)
        {
            if (round == MaxRounds)
            {
                throw call.Unsupported($"more than {MaxRounds} rounds");
            }

            Tensor[] results = run(body, [Tensor.Scalar(round), going, .. carried]);
            going = results[0];
            carried = results[1..(1 + carried.Length)];
            for (int i = 0; i < collected.Length; i++)
            {
                collected[i].Add(results[1 + carried.Length + i]);
            }
        }

        return [.. carried, .. collected.Select((parts, i) => parts.Count > 0
            ? Stack(parts, 0)
            : body.Outputs[1 + carried.Length + i].Type is { Element: not DataType.Undefined } type
            ? Tensor.Zeros(type.Element, new Shape([0, .. type.Shape.Dimensions]))
            : throw call.Unsupported("no round at all, where the body does not declare the type of what is collected"))];
    }

    private static Tensor[] Scan(KernelCall call, Tensor[] inputs, BodyRun run)
    {
        Network body = Body(call, "body");
        int scanned = checked((int)call.Int("num_scan_inputs", 0));
        int states = inputs.Length - scanned;
        if (scanned < 1 || states < 0 || body.Outputs.Length < states)
        {
            throw call.Malformed($"{scanned} scan inputs do not fit");
        }

        int produced = body.Outputs.Length - states;
        long[] inputAxes = Numbered(call, "scan_input_axes", scanned);
        long[] outputAxes = Numbered(call, "scan_output_axes", produced);
        long[] inputDirections = Numbered(call, call.Opset < 9 ? "directions" : "scan_input_directions", scanned);
        long[] outputDirections = Numbered(call, "scan_output_directions", produced);
        int[] axes = [.. inputAxes.Select((axis, i) => call.Axis(axis, inputs[states + i].Shape.Rank))];
        int length = inputs[states].Shape[axes[0]];
        Tensor[] state = inputs[..states];
        List<Tensor>[] collected = [.. Enumerable.Range(0, produced).Select(static _ => new List<Tensor>())];
        for (int step = 0; step < length; step++)
        {
            Tensor[] slices = [.. Enumerable.Range(0, scanned).Select(
                i => Slice(inputs[states + i], axes[i], inputDirections[i] == 0 ? step : length - 1 - step))];
            Tensor[] results = run(body, [.. state, .. slices]);
            state = results[..states];
            for (int i = 0; i < produced; i++)
            {
                collected[i].Insert(outputDirections[i] == 0 ? collected[i].Count : 0, results[states + i]);
            }
        }

        return length == 0
            ? throw call.Unsupported("an empty sequence")
            : [.. state, .. collected.Select((parts, i) => Stack(parts, call.Axis(outputAxes[i], parts[0].Shape.Rank + 1)))];
    }

    /// <summary>Operator set 8 has the lengths of sequences as first input and a batch axis before everything.</summary>
    private static Tensor[] BatchedScan(KernelCall call, BodyRun run)
    {
        if (call.Optional(0) is not null)
        {
            throw call.Unsupported("sequences of different lengths");
        }

        Tensor[] inputs = [.. Enumerable.Range(1, call.InputCount - 1).Select(call.Input)];
        Tensor[][] items = [.. Enumerable.Range(0, inputs[0].Shape[0]).Select(item => Scan(call, [.. inputs.Select(input => Slice(input, 0, item))], run))];
        return items.Length == 0
            ? throw call.Unsupported("an empty batch")
            : [.. Enumerable.Range(0, items[0].Length).Select(i => Stack([.. items.Select(item => item[i])], 0))];
    }

    private static long[] Numbered(KernelCall call, string attribute, int count)
    {
        long[] list = call.Ints(attribute) ?? new long[count];
        return list.Length == count ? list : throw call.Malformed($"{attribute} has {list.Length} numbers instead of {count}");
    }

    private static Tensor Slice(Tensor x, int axis, int at)
    {
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        coordinates[axis] = [at];
        return LayoutKernels.Cross(x, coordinates).Reshape(new Shape(x.Shape.Dimensions.RemoveAt(axis)));
    }

    private static Tensor Stack(List<Tensor> parts, int axis) =>
        LayoutKernels.Join([.. parts.Select(part => part.Reshape(new Shape(part.Shape.Dimensions.Insert(axis, 1))))], axis);
}

/// <summary>Runs a body on its inputs, by position; returns its outputs in order.</summary>
internal delegate Tensor[] BodyRun(Network body, IReadOnlyList<Tensor> inputs);
