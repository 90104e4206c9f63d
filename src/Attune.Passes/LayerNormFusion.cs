using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Recognises a layer normalisation over the last axis that is spelt out, (x - mean) / sqrt(mean of squares + epsilon) with an optional factor and
/// summand for each column, and writes it as the operator LayerNormalization of operator set 17. 32-bit floats only.
/// </summary>
public sealed class LayerNormFusion : IGraphPass
{
    private const int Since = 17;

    /// <inheritdoc/>
    public string Name => "layer norm fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Operator: "Div", Inputs.Length: 2 } division
                && editor.TypeOf(division.Outputs[0]) is { Element: DataType.Float32, Shape.Rank: > 0 } type)
            {
                Replace(editor, i, division, type.Shape);
            }
        }

        return editor.Build();
    }

    private static void Replace(NetworkEditor editor, int index, Node division, Shape shape)
    {
        var inner = new HashSet<int> { index };
        if (Match(editor, division, inner) is not { } match || editor.TypeOf(match.X)?.Shape.Equals(shape) != true)
        {
            return;
        }

        int root = index;
        float[]? gamma = Following(editor, ref root, "Mul", shape);
        float[]? beta = Following(editor, ref root, "Add", shape);
        inner.UnionWith(Between(editor, index, root));
        if (!inner.All(i => i == root || editor[i]!.Outputs.All(o => !editor.IsOutput(o) && editor.ReadersOf(o).All(inner.Contains))))
        {
            return;
        }

        Node last = editor[root]!;
        string scale = editor.AddConstant($"{last.Name}.scale", Tensor.Vector(gamma ?? [.. Enumerable.Repeat(1f, shape[-1])]));
        ImmutableArray<string> inputs = beta is null ? [match.X, scale] : [match.X, scale, editor.AddConstant($"{last.Name}.summand", Tensor.Vector(beta))];
        foreach (int i in inner)
        {
            editor.Remove(i);
        }

        editor.Replace(root, last with
        {
            Operator = "LayerNormalization",
            Opset = Since,
            Inputs = inputs,
            Attributes = Attributes.None.With("axis", -1L).With("epsilon", match.Epsilon),
        });
    }

    private static IEnumerable<int> Between(NetworkEditor editor, int from, int root)
    {
        for (int i = from; i != root; i = editor.ReadersOf(editor[i]!.Outputs[0])[0])
        {
            yield return i;
        }

        yield return root;
    }

    /// <summary>Moves to the only reader when it combines the value with one constant for each column; returns that constant.</summary>
    private static float[]? Following(NetworkEditor editor, ref int root, string operation, Shape shape)
    {
        string value = editor[root]!.Outputs[0];
        if (!editor.HasOneReader(value) || editor[editor.ReadersOf(value)[0]] is not { } reader || reader.Operator != operation)
        {
            return null;
        }

        string other = reader.Inputs[0] == value ? reader.Inputs[1] : reader.Inputs[0];
        float[]? numbers = ChannelVector.Read(editor, other, shape, shape.Rank - 1);
        root = numbers is null ? root : editor.ReadersOf(value)[0];
        return numbers;
    }

    private static (string X, float Epsilon)? Match(NetworkEditor editor, Node division, HashSet<int> inner)
    {
        if (Producer(editor, division.Inputs[1], "Sqrt", inner) is not { } root || Producer(editor, root.Inputs[0], "Add", inner) is not { } shifted)
        {
            return null;
        }

        (string variance, float? epsilon) = editor.Scalar(shifted.Inputs[1]) is { } right
            ? (shifted.Inputs[0], right)
            : (shifted.Inputs[1], editor.Scalar(shifted.Inputs[0]));
        if (epsilon is null || Mean(editor, variance, inner) is not { } squares || Squared(editor, squares, inner) is not { } centred)
        {
            return null;
        }

        // Exporters write the difference once or twice.
        string? x = Centred(editor, division.Inputs[0], inner);
        return x is not null && Centred(editor, centred, inner) == x ? (x, epsilon.Value) : null;
    }

    private static string? Squared(NetworkEditor editor, string value, HashSet<int> inner)
    {
        if (Producer(editor, value, "Pow", inner) is { } power)
        {
            return editor.Scalar(power.Inputs[1]) == 2 ? power.Inputs[0] : null;
        }

        return Producer(editor, value, "Mul", inner) is { } product && product.Inputs[0] == product.Inputs[1] ? product.Inputs[0] : null;
    }

    private static string? Centred(NetworkEditor editor, string value, HashSet<int> inner) =>
        Producer(editor, value, "Sub", inner) is { } difference && Mean(editor, difference.Inputs[1], inner) == difference.Inputs[0]
            ? difference.Inputs[0]
            : null;

    /// <summary>What a mean over the last axis is taken of; the axis stays with extent one.</summary>
    private static string? Mean(NetworkEditor editor, string value, HashSet<int> inner)
    {
        if (Producer(editor, value, "ReduceMean", inner) is not { } mean
            || mean.Attributes.Int("keepdims", 1) == 0
            || editor.TypeOf(mean.Inputs[0]) is not { } type)
        {
            return null;
        }

        ImmutableArray<long>? axes = mean.Attributes.Ints("axes") ?? (editor.Constant(mean.Input(1)) is { Data: long[] list } ? [.. list] : null);
        return axes is [var axis] && (axis == -1 || axis == type.Shape.Rank - 1) ? mean.Inputs[0] : null;
    }

    private static Node? Producer(NetworkEditor editor, string value, string operation, HashSet<int> inner)
    {
        if (editor.ProducerOf(value, operation) is not { } node)
        {
            return null;
        }

        inner.Add(editor.ProducerOf(value));
        return node;
    }
}
