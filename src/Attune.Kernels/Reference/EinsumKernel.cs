namespace Attune.Kernels.Reference;

/// <summary>Einstein summation by its definition: the sum, over all letters that the result lacks, of the product of all operands.</summary>
internal static class EinsumKernel
{
    public static void Register(KernelTable table) => table.Add("Einsum", Run);

    private static Tensor Run(KernelCall call)
    {
        Tensor[] operands = call.AllInputs();
        string equation = call.Text("equation", string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (terms.Length != operands.Length || sides.Length > 2)
        {
            throw call.Malformed($"equation '{equation}' does not fit {operands.Length} operands");
        }

        // Axes under an ellipsis get private letters, counted from the right so that they broadcast.
        int hidden = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            if (terms[i].Contains("...", StringComparison.Ordinal))
            {
                int axes = operands[i].Shape.Rank - (terms[i].Length - 3);
                hidden = Math.Max(hidden, axes);
                terms[i] = axes < 0 ? throw call.Malformed($"term '{terms[i]}' does not fit {operands[i].Shape}") : terms[i].Replace("...", Hidden(axes), StringComparison.Ordinal);
            }

            if (terms[i].Length != operands[i].Shape.Rank)
            {
                throw call.Malformed($"term '{terms[i]}' does not fit {operands[i].Shape}");
            }
        }

        string all = string.Concat(terms);
        string result = sides.Length == 2
            ? sides[1].Replace("...", Hidden(hidden), StringComparison.Ordinal)
            : Hidden(hidden) + string.Concat(all.Where(letter => char.IsLetter(letter) && all.Count(other => other == letter) == 1).Order());
        Dictionary<char, long> extents = Extents(call, operands, terms);
        if (result.Any(letter => !extents.ContainsKey(letter)))
        {
            throw call.Malformed($"equation '{equation}' has letters in its result that no operand has");
        }

        char[] summed = [.. extents.Keys.Where(letter => !result.Contains(letter))];
        var shape = new Shape([.. result.Select(letter => extents[letter])]);
        double[][] values = [.. operands.Select(Numbers.ToDoubles)];
        int[][] outer = [.. operands.Select((operand, i) => Walk(operand, terms[i], result, extents))];
        int[][] inner = [.. operands.Select((operand, i) => Walk(operand, terms[i], summed, extents))];
        var y = new double[checked((int)shape.Count)];
        for (int i = 0; i < y.Length; i++)
        {
            for (int j = 0; j < inner[0].Length; j++)
            {
                double product = 1;
                for (int operand = 0; operand < values.Length; operand++)
                {
                    product *= values[operand][outer[operand][i] + inner[operand][j]];
                }

                y[i] += product;
            }
        }

        return Numbers.FromDoubles(y, operands[0].Element, shape);
    }

    private static string Hidden(int axes) => string.Concat(Enumerable.Range(0, axes).Select(i => (char)('\u0100' + axes - 1 - i)).Select(static c => c.ToString()));

    private static Dictionary<char, long> Extents(KernelCall call, Tensor[] operands, string[] terms)
    {
        var extents = new Dictionary<char, long>();
        for (int i = 0; i < terms.Length; i++)
        {
            for (int axis = 0; axis < terms[i].Length; axis++)
            {
                long own = operands[i].Shape.Dimensions[axis];
                long known = extents.GetValueOrDefault(terms[i][axis], 1);
                if (known != 1 && own != 1 && known != own)
                {
                    throw call.Malformed($"letter '{terms[i][axis]}' stands for {known} and {own}");
                }

                extents[terms[i][axis]] = known == 1 ? own : known;
            }
        }

        return extents;
    }

    private static int[] Walk(Tensor operand, string term, IEnumerable<char> letters, Dictionary<char, long> extents)
    {
        long[] own = operand.Shape.Strides();
        char[] order = [.. letters];
        // A letter that occurs twice in a term walks along the diagonal; an axis of extent 1 is repeated.
        long[] strides = [.. order.Select(letter => term.Select((other, axis) => other == letter && operand.Shape[axis] != 1 ? own[axis] : 0).Sum())];
        return Indexing.Offsets([.. order.Select(letter => extents[letter])], strides);
    }
}
