namespace Attune.Design.Spaces;

/// <summary>Finds what a mistyped word probably meant.</summary>
internal static class Nearest
{
    /// <summary>The candidate with the fewest insertions, deletions and substitutions away from a word; the first of equals.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="candidates">What there is, at least one.</param>
    public static string Of(string word, IEnumerable<string> candidates) => candidates.MinBy(candidate => Distance(word, candidate))!;

    private static int Distance(string a, string b)
    {
        int[] costs = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int corner = costs[0]++;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = corner + (char.ToLowerInvariant(a[i]) == char.ToLowerInvariant(b[j]) ? 0 : 1);
                corner = costs[j + 1];
                costs[j + 1] = Math.Min(replaced, Math.Min(corner, costs[j]) + 1);
            }
        }

        return costs[^1];
    }
}
