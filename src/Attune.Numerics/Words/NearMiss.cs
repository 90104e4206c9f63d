namespace Attune.Numerics.Words;

/// <summary>Finds what a misspelt word probably meant. Capitals and small letters are the same.</summary>
public static class NearMiss
{
    /// <summary>The nearest candidate by edit distance, if it is near enough to be a slip of the fingers; else null. The first of equals.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="candidates">What there is.</param>
    public static string? Find(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } near && DistanceWithoutCase(word, near) <= Math.Max(2, word.Length / 3) ? near : null;

    /// <summary>The nearest candidate by edit distance, however far; the first of equals, null when there is none.</summary>
    /// <param name="word">What was written; spaces around it do not count.</param>
    /// <param name="candidates">What there is.</param>
    public static string? Nearest(string word, IEnumerable<string> candidates) => candidates.MinBy(candidate => DistanceWithoutCase(word.Trim(), candidate));

    /// <summary>
    /// Fewest insertions, deletions, substitutions and swaps of neighbours that turn one word into the other, no letter touched twice by swaps (optimal
    /// string alignment,
    /// Damerau 1964). Time is the product of the lengths.
    /// </summary>
    public static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int same = left[i - 1] == right[j - 1] ? 0 : 1;
                int min = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    min = Math.Min(min, cost[i - 2, j - 2] + 1);
                }

                cost[i, j] = min;
            }
        }

        return cost[left.Length, right.Length];
    }

    private static int DistanceWithoutCase(string left, string right) => Distance(left.ToLowerInvariant(), right.ToLowerInvariant());
}
