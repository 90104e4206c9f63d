using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Conditions on recurrent layers.</summary>
internal static class RecurrentGuards
{
    /// <summary>Conditions on a recurrent operator with so many gates and activation functions for each direction.</summary>
    public static void Layer(NodeFacts node, RecurrentForm form)
    {
        int gates = form.Gates;
        for (int input = 0; input < 3; input++)
        {
            Guards.Real(node, input);
        }

        Guards.NotText(node, 3, 5, 6, 7);
        string direction = Guards.Choice(node, "direction", "forward", "forward", "reverse", "bidirectional");
        long directions = direction == "bidirectional" ? 2 : 1;
        Shape x = node.Shape(0);
        Shape weights = node.Shape(1);
        Shape recurrent = node.Shape(2);
        long hidden = recurrent.Rank == 3 ? recurrent.Dimensions[2] : 0;
        bool batchFirst = node.Flag("layout");
        if (hidden == 0 || x.Rank != 3 || !recurrent.Equals(Shape.Of(directions, gates * hidden, hidden)) || !weights.Equals(
            Shape.Of(directions, gates * hidden, x.Dimensions[2]))
            || (node.Has(3) && node.Shape(3).Count != directions * 2 * gates * hidden)
            || (form.HasCells && node.Has(7) && node.Shape(7).Count != directions * 3 * hidden))
        {
            throw node.Malformed($"the sequence {x}, weights {weights}, recurrent weights {recurrent}, bias or peepholes do not fit each other");
        }

        if (node.Int("hidden_size", hidden) != hidden)
        {
            throw node.Malformed($"hidden_size {node.Int("hidden_size", hidden)} is not that of the recurrent weights, {hidden}");
        }

        long batch = x.Dimensions[batchFirst ? 0 : 1];
        if (node.Has(4))
        {
            Guards.Index(node, 4);
            if (node.Shape(4).Count != batch)
            {
                throw node.Malformed($"{node.Shape(4)} sequence lengths do not fit a batch of {batch}");
            }

            if (node.Known(4) is { } lengths)
            {
                RequireWithin(node, Numbers.ToLongs(lengths), x.Dimensions[batchFirst ? 1 : 0]);
            }
        }

        States(node, form.HasCells ? [5, 6] : [5], batchFirst ? Shape.Of(batch, directions, hidden) : Shape.Of(directions, batch, hidden));
        Activations(node, form, directions);
    }

    /// <summary>Conditions on what a recurrent layer becomes whose products of inputs are computed before.</summary>
    public static void Split(NodeFacts node, RecurrentForm form)
    {
        Guards.Real(node, 0);
        Guards.Same(node, 0, 1);
        Guards.NotText(node, 2, 3, 4);
        string direction = Guards.Choice(node, "direction", "forward", "forward", "reverse", "bidirectional");
        long directions = direction == "bidirectional" ? 2 : 1;
        Shape sums = node.Shape(0);
        Shape recurrent = node.Shape(1);
        long hidden = recurrent.Rank == 3 ? recurrent.Dimensions[2] : 0;
        if (hidden == 0 || sums.Rank != 3 || !recurrent.Equals(Shape.Of(directions, form.Gates * hidden, hidden))
            || sums.Dimensions[2] != directions * form.Gates * hidden || (node.Has(2) && node.Shape(2).Count != directions * hidden))
        {
            throw node.Malformed($"the sums {sums}, recurrent weights {recurrent} or the bias do not fit each other");
        }

        bool batchFirst = node.Flag("layout");
        long batch = sums.Dimensions[batchFirst ? 0 : 1];
        States(node, [3, 4], batchFirst ? Shape.Of(batch, directions, hidden) : Shape.Of(directions, batch, hidden));
        Activations(node, form, directions);
    }

    private static void States(NodeFacts node, ReadOnlySpan<int> inputs, Shape shape)
    {
        foreach (int state in inputs)
        {
            if (node.Has(state) && !node.Shape(state).Equals(shape))
            {
                throw node.Malformed($"the initial state {node.Shape(state)} does not fit");
            }
        }
    }

    private static void Activations(NodeFacts node, RecurrentForm form, long directions)
    {
        if (node.Attributes.Texts("activations") is not { } names)
        {
            return;
        }

        if (names.Length != directions * form.Activations.Length)
        {
            throw node.Malformed($"{names.Length} activations do not fit");
        }

        if (names.FirstOrDefault(name => !RecurrentActivations.Knows(name)) is string unknown)
        {
            throw node.Unsupported($"activation '{unknown}'");
        }
    }

    private static void RequireWithin(NodeFacts node, long[] lengths, long steps)
    {
        foreach (long length in lengths)
        {
            if (length < 0 || length > steps)
            {
                throw node.Malformed($"a sequence of {length} steps does not fit into {steps}");
            }
        }
    }
}
