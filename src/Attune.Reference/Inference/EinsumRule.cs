using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Shape of an Einstein sum: extents by letter, an ellipsis standing for broadcast leading axes.</summary>
internal static class EinsumRule
{
    /// <summary>The rule.</summary>
    public static TensorType[] Infer(InferenceContext context)
    {
        string equation = context.Attributes.Text("equation", string.Empty).Replace(" ", string.Empty);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        context.Require(sides.Length <= 2 && terms.Length == context.InputCount, $"The equation '{equation}' does not fit {context.InputCount} inputs.");
        var extents = new Dictionary<char, long>();
        Shape ellipsis = Shape.Scalar;
        for (int i = 0; i < terms.Length; i++)
        {
            ellipsis = Term(context, terms[i], context.Extents(i), extents, ellipsis);
        }

        string letters = sides[0].Replace(".", string.Empty).Replace(",", string.Empty);
        string output = sides.Length == 2
            ? sides[1]
            : "..." + string.Concat(letters.GroupBy(letter => letter).Where(group => group.Count() == 1).Select(group => group.Key).Order());
        var y = new List<long>();
        if (output.Contains("..."))
        {
            int at = output.IndexOf("...");
            y.AddRange(output[..at].Select(Extent));
            y.AddRange(ellipsis.Dimensions);
            y.AddRange(output[(at + 3)..].Select(Extent));
        }
        else
        {
            y.AddRange(output.Select(Extent));
        }

        return context.Result(context.Element(0), y.ToArray());

        long Extent(char letter) => extents.TryGetValue(letter, out long extent) ? extent : throw context.Fail($"'{letter}' of the result occurs in no input.");
    }

    private static Shape Term(InferenceContext context, string term, long[] shape, Dictionary<char, long> extents, Shape ellipsis)
    {
        int at = term.IndexOf("...");
        string head = at < 0 ? term : term[..at];
        string tail = at < 0 ? string.Empty : term[(at + 3)..];
        int hidden = shape.Length - head.Length - tail.Length;
        context.Require(at < 0 ? hidden == 0 : hidden >= 0, $"'{term}' does not fit a tensor of rank {shape.Length}.");
        for (int axis = 0; axis < head.Length; axis++)
        {
            Bind(head[axis], shape[axis]);
        }

        for (int axis = 0; axis < tail.Length; axis++)
        {
            Bind(tail[axis], shape[head.Length + hidden + axis]);
        }

        return Broadcasting.Join(ellipsis, Shape.Of(shape.AsSpan(head.Length, hidden))) ?? throw context.Fail("The axes under the ellipsis do not fit.");

        void Bind(char letter, long extent)
        {
            long known = extents.GetValueOrDefault(letter, 1);
            context.Require(known == extent || known == 1 || extent == 1, $"'{letter}' stands for both {known} and {extent}.");
            extents[letter] = Math.Max(known, extent);
        }
    }
}
