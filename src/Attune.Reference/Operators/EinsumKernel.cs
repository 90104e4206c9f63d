using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Einstein summation by its definition: the sum, over all letters that the result lacks, of the product of all operands.</summary>
internal static class EinsumKernel
{
    public static void Register(KernelTable table) => table.Add("Einsum", static node => Plan.Of(node), Run);

    private static Tensor Run(KernelCall call)
    {
        Tensor[] operands = call.AllInputs();
        Plan plan = Plan.Of(call);
        var shape = new Shape([.. plan.Result.Select(letter => plan.Extents[letter])]);
        char[] summed = [.. plan.Extents.Keys.Where(letter => !plan.Result.Contains(letter))];
        double[][] values = [.. operands.Select(Numbers.ToDoubles)];
        int[][] outer = [.. operands.Select((operand, i) => Walk(operand, plan.Terms[i], plan.Result, plan.Extents))];
        int[][] inner = [.. operands.Select((operand, i) => Walk(operand, plan.Terms[i], summed, plan.Extents))];
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

    private static string Hidden(int axes) =>
        string.Concat(Enumerable.Range(0, axes).Select(i => (char)('\u0100' + axes - 1 - i)).Select(static c => c.ToString()));

    private static int[] Walk(Tensor operand, string term, IEnumerable<char> letters, Dictionary<char, long> extents)
    {
        long[] own = operand.Shape.Strides();
        char[] order = [.. letters];
        // A letter that occurs twice in a term walks along the diagonal; an axis of extent 1 is repeated.
        long[] strides = [.. order.Select(letter => term.Select((other, axis) => other == letter && operand.Shape[axis] != 1 ? own[axis] : 0).Sum())];
        return Indexing.Offsets([.. order.Select(letter => extents[letter])], strides);
    }

    /// <summary>An equation with its ellipses spelt out: one letter for each axis of every operand, the letters of the result, and their extents.</summary>
    private sealed record Plan(string[] Terms, string Result, Dictionary<char, long> Extents)
    {
        public static Plan Of(NodeFacts node)
        {
            string equation = node.Text("equation", string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
            string[] sides = equation.Split("->");
            string[] terms = sides[0].Split(',');
            if (terms.Length != node.InputCount || sides.Length > 2)
            {
                throw node.Malformed($"equation '{equation}' does not fit {node.InputCount} operands");
            }

            // Axes under an ellipsis get private letters, counted from the right so that they broadcast.
            int hidden = 0;
            for (int i = 0; i < terms.Length; i++)
            {
                Guards.Number(node, i);
                Guards.Same(node, 0, i);
                int rank = node.Shape(i).Rank;
                if (terms[i].Contains("...", StringComparison.Ordinal))
                {
                    int axes = rank - (terms[i].Length - 3);
                    hidden = Math.Max(hidden, axes);
                    terms[i] = axes < 0
                        ? throw node.Malformed($"term '{terms[i]}' does not fit {node.Shape(i)}")
                        : terms[i].Replace("...", Hidden(axes), StringComparison.Ordinal);
                }

                if (terms[i].Length != rank || terms[i].Contains('.'))
                {
                    throw node.Malformed($"term '{terms[i]}' does not fit {node.Shape(i)}");
                }
            }

            string all = string.Concat(terms);
            string result = sides.Length == 2
                ? sides[1].Replace("...", Hidden(hidden), StringComparison.Ordinal)
                : Hidden(hidden) + string.Concat(all.Where(letter => char.IsAsciiLetter(letter) && all.Count(other => other == letter) == 1).Order());
            Dictionary<char, long> extents = ExtentsOf(node, terms);
            return result.All(extents.ContainsKey) && result.Distinct().Count() == result.Length
                ? new Plan(terms, result, extents)
                : throw node.Malformed($"equation '{equation}' has letters in its result that no operand has, or one twice");
        }

        private static Dictionary<char, long> ExtentsOf(NodeFacts node, string[] terms)
        {
            var extents = new Dictionary<char, long>();
            for (int i = 0; i < terms.Length; i++)
            {
                for (int axis = 0; axis < terms[i].Length; axis++)
                {
                    long own = node.Shape(i).Dimensions[axis];
                    long known = extents.GetValueOrDefault(terms[i][axis], 1);
                    if (known != 1 && own != 1 && known != own)
                    {
                        throw node.Malformed($"letter '{terms[i][axis]}' stands for {known} and {own}");
                    }

                    extents[terms[i][axis]] = known == 1 ? own : known;
                }
            }

            return extents;
        }
    }
}
