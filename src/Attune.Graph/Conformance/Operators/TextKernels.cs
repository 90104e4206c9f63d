using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Conformance.Operators;

/// <summary>Preprocessing of text: normalisation and counting of n-grams.</summary>
internal static class TextKernels
{
    private const int LongestGram = 1 << 10;

    public static void Register(KernelTable table)
    {
        table.AddExact("StringNormalizer", GuardNormalise, Normalise);
        table.AddExact("TfIdfVectorizer", GuardGrams, CountGrams);
    }

    private static void GuardNormalise(NodeFacts node)
    {
        Guards.Choice(node, "case_change_action", "NONE", "NONE", "LOWER", "UPPER");
        Shape x = node.Shape(0);
        if (node.Element(0) != DataType.String || x.Rank is not (1 or 2) || (x.Rank == 2 && x.Dimensions[0] != 1))
        {
            throw node.Malformed($"one row of text is needed, not {node.Type(0)}");
        }
    }

    private static Tensor Normalise(KernelCall call)
    {
        Tensor x = call.Input(0);
        StringComparer comparer = call.Flag("is_case_sensitive") ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var stopwords = new HashSet<string>(call.Attributes.Texts("stopwords") ?? [], comparer);
        Func<string, string> change = call.Text("case_change_action", "NONE") switch
        {
            "NONE" => static text => text,
            "LOWER" => static text => text.ToLowerInvariant(),
            _ => static text => text.ToUpperInvariant(),
        };
        string[] kept = [.. x.Elements<string>().Where(text => !stopwords.Contains(text)).Select(change)];
        // An empty result is one empty text, by definition.
        kept = kept.Length == 0 ? [string.Empty] : kept;
        return Tensor.Of(x.Shape.Rank == 1 ? Shape.Of(kept.Length) : Shape.Of(1, kept.Length), kept);
    }

    private static void GuardGrams(NodeFacts node)
    {
        Guards.Present(node, 1);
        Guards.Choice(node, "mode", string.Empty, "TF", "IDF", "TFIDF");
        if (node.Shape(0).Rank is not (1 or 2))
        {
            throw node.Malformed($"one or several rows of tokens are needed, not {node.Shape(0)}");
        }

        if (node.Int("min_gram_length", 1) < 1 || node.Int("max_gram_length", 1) > LongestGram || node.Int("max_skip_count", 0) is < 0 or > LongestGram)
        {
            throw node.Malformed($"n-grams have 1 to {LongestGram} tokens and skip at most as many");
        }

        long[] indexes = node.Ints("ngram_indexes") ?? throw node.Malformed("ngram_indexes is missing");
        if (node.Ints("ngram_counts") is null || (!node.Attributes.Has("pool_strings") && !node.Attributes.Has("pool_int64s")))
        {
            throw node.Malformed("ngram_counts or the pool of n-grams is missing");
        }

        if (indexes.Any(static index => index is < 0 or > int.MaxValue - 1))
        {
            throw node.Malformed("ngram_indexes do not fit the pool");
        }
    }

    private static Tensor CountGrams(KernelCall call)
    {
        Tensor x = call.Input(0);
        int shortest = checked((int)call.Int("min_gram_length", 1)), longest = checked((int)call.Int("max_gram_length", 1));
        int skips = checked((int)call.Int("max_skip_count", 0));
        long[] counts = call.Ints("ngram_counts") ?? throw call.Malformed("ngram_counts is missing");
        long[] indexes = call.Ints("ngram_indexes") ?? throw call.Malformed("ngram_indexes is missing");
        string[] pool = call.Attributes.Texts("pool_strings")?.ToArray()
            ?? call.Ints("pool_int64s")?.Select(static v => v.ToString()).ToArray()
            ?? throw call.Malformed("the pool of n-grams is missing");
        string[] tokens = Numbers.Convert(x, DataType.String).Elements<string>();
        Dictionary<string, int> known = Grams(call, pool, counts, longest);
        if (known.Count > indexes.Length)
        {
            throw call.Malformed("ngram_indexes do not fit the pool");
        }

        int rows = x.Shape.Rank > 1 ? x.Shape[0] : 1;
        int length = tokens.Length / Math.Max(1, rows);
        int width = checked((int)indexes.DefaultIfEmpty(-1).Max() + 1);
        var y = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            for (int size = shortest; size <= longest; size++)
            {
                // A gram of one token has nothing to skip.
                for (int stride = 1; stride <= (size == 1 ? 1 : skips + 1); stride++)
                {
                    for (int start = 0; start + ((size - 1) * stride) < length; start++)
                    {
                        string gram = Key(Enumerable.Range(0, size).Select(i => tokens[(row * length) + start + (i * stride)]));
                        if (known.TryGetValue(gram, out int id))
                        {
                            y[(row * width) + (int)indexes[id]]++;
                        }
                    }
                }
            }
        }

        Weigh(call, y, width, indexes);
        return Numbers.FromDoubles(y, DataType.Float32, x.Shape.Rank > 1 ? Shape.Of(rows, width) : Shape.Of(width));
    }

    /// <summary>Numbers the n-grams of the pool, which lists those of one token first, then those of two and so on.</summary>
    private static Dictionary<string, int> Grams(KernelCall call, string[] pool, long[] counts, int longest)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        int id = 0;
        for (int size = 1; size <= Math.Min(longest, counts.Length); size++)
        {
            long end = size < counts.Length ? counts[size] : pool.Length;
            for (long at = counts[size - 1]; at + size <= end; at += size)
            {
                if (at < 0 || end > pool.Length)
                {
                    throw call.Malformed("ngram_counts do not fit the pool");
                }

                known[Key(pool.Skip((int)at).Take(size))] = id++;
            }
        }

        return known;
    }

    // A control character that no token of a tokenised text holds keeps ("a", "bc") and ("ab", "c") apart.
    private static string Key(IEnumerable<string> tokens) => string.Join('\u0001', tokens);

    private static void Weigh(KernelCall call, double[] y, int width, long[] indexes)
    {
        string mode = call.Text("mode", string.Empty);
        if (mode == "TF")
        {
            return;
        }

        var weights = new double[width];
        Array.Fill(weights, 1);
        float[] given = call.Attributes.Floats("weights")?.ToArray() ?? [];
        for (int i = 0; i < Math.Min(given.Length, indexes.Length); i++)
        {
            weights[indexes[i]] = given[i];
        }

        for (int i = 0; i < y.Length; i++)
        {
            y[i] = mode switch
            {
                "IDF" => y[i] > 0 ? weights[i % width] : 0,
                _ => y[i] * weights[i % width],
            };
        }
    }
}
