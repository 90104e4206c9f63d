namespace Attune.Tuning;

/// <summary>
/// Result of the final re-measurement. The best of many noisy times is too good by chance (the winner's curse), so the fastest few are measured again, in turns, and the
/// median of the new times decides.
/// </summary>
/// <param name="Index">The chosen point.</param>
/// <param name="Ms">Median of its new times, milliseconds.</param>
/// <param name="DefaultMs">Median of the default's new times, milliseconds; null when it was no finalist.</param>
internal sealed record FinalChoice(long Index, double Ms, double? DefaultMs)
{
    /// <summary>Chooses; null when no finalist has a time.</summary>
    public static FinalChoice? Of(IReadOnlyDictionary<long, List<double>> times, long defaultIndex)
    {
        var medians = times.Where(pair => pair.Value.Count > 0).Select(pair => (Index: pair.Key, Ms: Median(pair.Value))).ToList();
        if (medians.Count == 0)
        {
            return null;
        }

        (long index, double ms) = medians.MinBy(pair => pair.Ms);
        double? defaultMs = times.TryGetValue(defaultIndex, out List<double>? own) && own.Count > 0 ? Median(own) : null;
        return new FinalChoice(index, ms, defaultMs);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
