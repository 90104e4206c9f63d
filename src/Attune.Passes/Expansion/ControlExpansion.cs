using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Control flow whose way is known when types are inferred: If with a constant condition is its branch; Loop and Scan whose rounds are known are unrolled,
/// as long as that takes no more nodes than a limit. What is not known stays as it is.
/// </summary>
internal sealed class ControlExpansion(NodeAssembly assembly, ValueNames names)
{
    /// <summary>True for the operators handled here.</summary>
    public static bool Handles(string operation) => operation is "If" or "Loop" or "Scan";

    /// <summary>Puts the operator's nodes into the assembly; false when its way is not known, and then nothing is changed.</summary>
    public bool Expand(Node node) => node.Operator switch
    {
        "If" => Branch(node),
        "Loop" => Loop(node),
        "Scan" => node.Opset >= 9 && Scan(node),
        _ => false,
    };

    private static long? Whole(Tensor? constant) => constant is { Count: 1 } && constant.Element != DataType.String ? Numbers.ToLong(constant) : null;

    private bool Branch(Node node)
    {
        if (Whole(assembly.ConstantOf(node.Input(0))) is not { } condition
            || node.Attributes.Find(condition != 0 ? "then_branch" : "else_branch") is not Network body
            || !body.Inputs.IsEmpty || body.Outputs.Length < node.Outputs.Length)
        {
            return false;
        }

        var copy = new BodyCopy(body, node.Name, [], names);
        assembly.Add(copy);
        string[] outputs = copy.Outputs;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            Name(node, outputs[i], i);
        }

        return true;
    }

    private bool Loop(Node node)
    {
        int carried = Math.Max(0, node.Inputs.Length - 2);
        if (node.Attributes.Find("body") is not Network body || body.Inputs.Length != carried + 2 || body.Outputs.Length < carried + 1)
        {
            return false;
        }

        bool counted = node.Input(0).Length > 0;
        bool conditional = node.Input(1).Length > 0;
        long? max = counted ? Whole(assembly.ConstantOf(node.Inputs[0])) : long.MaxValue;
        long? going = conditional ? Whole(assembly.ConstantOf(node.Inputs[1])) : 1;
        if (max is not { } rounds || going is not { } goes || (rounds < long.MaxValue && !assembly.Affords(rounds, body)))
        {
            return false;
        }

        NodeAssembly.Mark mark = assembly.Here();
        string[] state = [.. node.Inputs.Skip(2)];
        var collected = new List<string[]>();
        string condition = conditional ? node.Inputs[1] : assembly.Constant($"{node.Name}.condition", Tensor.Scalar(value: true));
        for (long round = 0; round < rounds && goes != 0; round++)
        {
            if (!assembly.Affords(1, body))
            {
                assembly.Return(mark);
                return false;
            }

            string number = assembly.Constant($"{node.Name}.round", Tensor.Scalar(round));
            var copy = new BodyCopy(body, $"{node.Name}.{round}", [number, condition, .. state], names);
            assembly.Add(copy);
            string[] outputs = copy.Outputs;
            condition = outputs[0];
            state = outputs[1..(1 + carried)];
            collected.Add(outputs[(1 + carried)..]);
            // The condition decides after the round; the last round's is never asked.
            if (round + 1 < rounds && Whole(assembly.ConstantOf(condition)) is var next)
            {
                if (next is not { } known)
                {
                    assembly.Return(mark);
                    return false;
                }

                goes = known;
            }
        }

        if (!Collect(node, body, state, collected, [.. Enumerable.Repeat(0L, Math.Max(0, node.Outputs.Length - carried))]))
        {
            assembly.Return(mark);
            return false;
        }

        return true;
    }

    private bool Scan(Node node)
    {
        int scanned = (int)Math.Clamp(node.Attributes.Int("num_scan_inputs", 0), 0, node.Inputs.Length);
        int states = node.Inputs.Length - scanned;
        if (scanned < 1 || node.Attributes.Find("body") is not Network body || body.Inputs.Length != node.Inputs.Length || body.Outputs.Length < states
            || node.Inputs.Any(static input => input.Length == 0))
        {
            return false;
        }

        int produced = body.Outputs.Length - states;
        long[] axes = List(node, "scan_input_axes", scanned);
        long[] backwards = List(node, "scan_input_directions", scanned);
        long[] outputAxes = List(node, "scan_output_axes", produced);
        long[] outputBackwards = List(node, "scan_output_directions", produced);
        if (axes.Length != scanned || backwards.Length != scanned || outputAxes.Length != produced || outputBackwards.Length != produced
            || Length(node, states, axes) is not { } length || length < 1 || !assembly.Affords(length, body))
        {
            return false;
        }

        NodeAssembly.Mark mark = assembly.Here();
        string[] state = [.. node.Inputs[..states]];
        var collected = new List<string[]>();
        for (long step = 0; step < length; step++)
        {
            string[] parts = [.. Enumerable.Range(0, scanned).Select(i =>
                Part(node, node.Inputs[states + i], axes[i], backwards[i] == 0 ? step : length - 1 - step))];
            var copy = new BodyCopy(body, $"{node.Name}.{step}", [.. state, .. parts], names);
            assembly.Add(copy);
            state = copy.Outputs[..states];
            collected.Add(copy.Outputs[states..]);
        }

        List<string[]> ordered = [.. Enumerable.Range(0, (int)length).Select(step => Enumerable.Range(0, produced)
            .Select(i => collected[outputBackwards[i] == 0 ? step : (int)length - 1 - step][i]).ToArray())];
        if (!Collect(node, body, state, ordered, outputAxes))
        {
            assembly.Return(mark);
            return false;
        }

        return true;
    }

    private static long[] List(Node node, string name, int count) => node.Attributes.Find(name) switch
    {
        null => new long[count],
        ImmutableArray<long> list => [.. list],
        _ => [],
    };

    private long? Length(Node node, int states, long[] axes)
    {
        long? length = null;
        for (int i = 0; i < axes.Length; i++)
        {
            if (assembly.TypeOf(node.Inputs[states + i]) is not { } type || axes[i] >= type.Shape.Rank || axes[i] < -type.Shape.Rank)
            {
                return null;
            }

            axes[i] = axes[i] < 0 ? axes[i] + type.Shape.Rank : axes[i];
            long here = type.Shape.Dimensions[(int)axes[i]];
            if (length is { } other && other != here)
            {
                return null;
            }

            length = here;
        }

        return length;
    }

    private string Part(Node node, string value, long axis, long at)
    {
        ExpansionScope scope = assembly.Scope(node);
        string part = scope.Squeeze(scope.Slice(value, [at], [at + 1], [axis]), axis);
        assembly.Add(scope);
        return part;
    }

    // States are what the last round left; the other outputs are stacked along a new axis.
    private bool Collect(Node node, Network body, string[] state, List<string[]> rounds, long[] axes)
    {
        for (int i = 0; i < Math.Min(state.Length, node.Outputs.Length); i++)
        {
            Name(node, state[i], i);
        }

        for (int i = state.Length; i < node.Outputs.Length; i++)
        {
            int column = i - state.Length;
            if (node.Outputs[i].Length == 0)
            {
                continue;
            }

            ExpansionScope scope = assembly.Scope(node);
            if (rounds.Count == 0)
            {
                // No round tells the type of what is stacked; the body's declaration must.
                if (i + 1 >= body.Outputs.Length || body.Outputs[i + 1].Type is not { Element: not DataType.Undefined } type)
                {
                    return false;
                }

                scope.Write("Identity", [scope.Constant("none", Tensor.Zeros(type.Element, new Shape([0, .. type.Shape.Dimensions])))], [node.Outputs[i]]);
            }
            else if (rounds.Exists(round => column >= round.Length) || assembly.TypeOf(rounds[0][column]) is not { } part)
            {
                return false;
            }
            else
            {
                long axis = axes[column] < 0 ? axes[column] + part.Shape.Rank + 1 : axes[column];
                scope.Write(
                    "Concat", [.. rounds.Select(round => scope.Unsqueeze(round[column], axis))], [node.Outputs[i]], ("axis", axis));
            }

            assembly.Add(scope);
        }

        return true;
    }

    private void Name(Node node, string value, int output)
    {
        if (node.Outputs[output].Length > 0)
        {
            ExpansionScope scope = assembly.Scope(node);
            scope.Write("Identity", [value], [node.Outputs[output]]);
            assembly.Add(scope);
        }
    }
}
