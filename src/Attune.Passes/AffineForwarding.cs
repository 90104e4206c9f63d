using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Merges multiplications, divisions, additions and subtractions of per-channel constants into the weights and bias of the convolution after them, when it
/// alone reads the result. Learnt scales behind activations, which no convolution before them can take, become free. Zeros around a padded convolution's input
/// stay zero under a factor, but not under a sum: there x s + t becomes (x + t / s) with s in the weights, and the sum remains.
/// </summary>
public sealed class AffineForwarding : IGraphPass
{
    /// <summary>Least factor, relative to the largest of its constant, by which a sum is divided: smaller ones would lose digits.</summary>
    private const float MinFactor = 1e-3f;

    /// <inheritdoc/>
    public string Name => "forward affine folding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = editor.Count - 1; i >= 0; i--)
        {
            if (Affine(editor, i) is { } step && ReaderOf(editor, step.Node.Outputs[0]) is >= 0 and var reader)
            {
                Merge(editor, i, step, reader);
            }
        }

        return editor.Build();
    }

    private static void Merge(NetworkEditor editor, int index, Step step, int reader)
    {
        Node convolution = editor[reader]!;
        if (step.IsFactor)
        {
            if (Scaled(editor, convolution, step.Numbers) is { } scaled)
            {
                editor.Replace(reader, scaled with { Inputs = scaled.Inputs.SetItem(0, step.Value) });
                editor.Remove(index);
            }

            return;
        }

        if (convolution.Attributes.Ints("pads") is not { } pads || pads.All(pad => pad == 0))
        {
            Node shifted = Shifted(editor, convolution, step.Numbers);
            editor.Replace(reader, shifted with { Inputs = shifted.Inputs.SetItem(0, step.Value) });
            editor.Remove(index);
            return;
        }

        int before = editor.ProducerOf(step.Value);
        if (before < 0 || !editor.HasOneReader(step.Value) || Affine(editor, before) is not { IsFactor: true } factor)
        {
            return;
        }

        float min = MinFactor * factor.Numbers.Max(Math.Abs);
        if (!Array.TrueForAll(factor.Numbers, number => Math.Abs(number) >= min && number != 0) || Scaled(editor, convolution, factor.Numbers) is not { } taken)
        {
            return;
        }

        float[] sums = [.. step.Numbers.Zip(factor.Numbers, (sum, number) => sum / number)];
        string constant = editor.AddConstant($"{step.Node.Name}.sums", Along(sums, editor.TypeOf(step.Value)!.Shape.Rank));
        editor.Replace(reader, taken);
        editor.Replace(index, step.Node with { Operator = "Add", Inputs = [factor.Value, constant] });
        editor.Remove(before);
    }

    /// <summary>The node at a position as x times or plus numbers, one for each channel; null when it is none.</summary>
    private static Step? Affine(NetworkEditor editor, int index)
    {
        if (editor[index] is not { Operator: "Mul" or "Div" or "Add" or "Sub", Inputs.Length: 2 } node
            || editor.TypeOf(node.Outputs[0]) is not { Element: DataType.Float32, Shape.Rank: 3 or 4 } type)
        {
            return null;
        }

        return Read(node.Inputs[0], node.Inputs[1]) ?? (node.Operator is "Mul" or "Add" ? Read(node.Inputs[1], node.Inputs[0]) : null);

        Step? Read(string value, string constant)
        {
            if (editor.TypeOf(value) is not { } from
                || !from.Shape.Equals(type.Shape)
                || editor.Constant(value) is not null
                || ChannelVector.Read(editor, constant, type.Shape, 1) is not { } numbers)
            {
                return null;
            }

            float[] read = node.Operator switch
            {
                "Div" => Array.ConvertAll(numbers, number => 1 / number),
                "Sub" => Array.ConvertAll(numbers, number => -number),
                _ => numbers,
            };
            return Array.TrueForAll(read, float.IsFinite) ? new Step(node, value, read, node.Operator is "Mul" or "Div") : null;
        }
    }

    /// <summary>The convolution with known weights that alone reads a value as its input, or -1.</summary>
    private static int ReaderOf(NetworkEditor editor, string value)
    {
        if (!editor.HasOneReader(value))
        {
            return -1;
        }

        int reader = editor.ReadersOf(value)[0];
        return editor[reader] is { Operator: FusedOperators.Convolution } node && node.Inputs[0] == value
            && editor.Constant(node.Inputs[1]) is { Element: DataType.Float32 }
            && (node.Input(2).Length == 0 || editor.Constant(node.Input(2)) is not null) ? reader : -1;
    }

    private static Node? Scaled(NetworkEditor editor, Node convolution, float[] factors)
    {
        Tensor weights = editor.Constant(convolution.Inputs[1])!;
        float[] scaled = [.. weights.Elements<float>()];
        Visit(weights.Shape, factors.Length, (_, channel, at) => scaled[at] *= factors[channel]);
        return Array.TrueForAll(scaled, float.IsFinite)
            ? convolution with { Inputs = convolution.Inputs.SetItem(1, editor.AddConstant($"{convolution.Name}.weights", Tensor.Of(weights.Shape, scaled))) }
            : null;
    }

    private static Node Shifted(NetworkEditor editor, Node convolution, float[] sums)
    {
        Tensor weights = editor.Constant(convolution.Inputs[1])!;
        float[] numbers = weights.Elements<float>();
        var bias = new double[weights.Shape.Dimensions[0]];
        if (convolution.Input(2).Length > 0)
        {
            bias = Array.ConvertAll(editor.Constant(convolution.Input(2))!.Elements<float>(), number => (double)number);
        }

        Visit(weights.Shape, sums.Length, (result, channel, at) => bias[result] += (double)numbers[at] * sums[channel]);
        string added = editor.AddConstant($"{convolution.Name}.bias", Tensor.Vector(Array.ConvertAll(bias, number => (float)number)));
        return convolution with { Inputs = convolution.Inputs.Length > 2 ? convolution.Inputs.SetItem(2, added) : convolution.Inputs.Add(added) };
    }

    /// <summary>Visits all weights: output channel, input channel, position.</summary>
    private static void Visit(Shape weights, int channels, Action<int, int, int> visit)
    {
        int results = (int)weights.Dimensions[0];
        int depth = (int)weights.Dimensions[1];
        int perResult = (int)(weights.Count / results);
        int perGroup = results / (channels / depth);
        for (int at = 0; at < results * perResult; at++)
        {
            int result = at / perResult;
            visit(result, (result / perGroup * depth) + (at % perResult / (perResult / depth)), at);
        }
    }

    private static Tensor Along(float[] numbers, int rank) => Tensor.Of(Shape.Of([numbers.Length, .. Enumerable.Repeat(1L, rank - 2)]), numbers);

    /// <summary>x times numbers, or x plus numbers.</summary>
    private sealed record Step(Node Node, string Value, float[] Numbers, bool IsFactor);
}
