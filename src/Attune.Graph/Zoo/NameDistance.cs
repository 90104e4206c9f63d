namespace Attune.Graph;

/// <summary>Edit distance, for suggesting the name that was meant.</summary>
internal static class NameDistance
{
    /// <summary>Fewest insertions, deletions and replacements of letters that turn one text into the other (Levenshtein); time is the product of the lengths.</summary>
    public static int Between(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
