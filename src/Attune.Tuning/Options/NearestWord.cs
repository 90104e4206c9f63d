namespace Attune.Tuning;

/// <summary>Finds what a mistyped name probably meant.</summary>
internal static class NearestWord
{
    /// <summary>The candidate with the smallest edit distance to a word, the first of equals; null when there is none.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        string typed = word.Trim().ToLowerInvariant();
        return candidates.MinBy(candidate => EditDistance(candidate.ToLowerInvariant(), typed));
    }

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
