using Attune.Numerics;

namespace Attune.Tuning.Run;

/// <summary>
/// Result of the final re-measurement. The best of many noisy times is too good by chance (the winner's curse), so the fastest few are measured again, in
/// turns. What decides is the median of a candidate's ratios to the default in the same rounds: a machine that changes its speed between rounds changes no
/// ratio.
/// </summary>
/// <param name="Index">The chosen point: the default unless another was faster.</param>
/// <param name="Ms">Its time, milliseconds: the default's divided by the ratio, so that the two agree.</param>
/// <param name="DefaultMs">Median of the default's new times, milliseconds; null when it has none.</param>
internal sealed record FinalChoice(long Index, double Ms, double? DefaultMs)
{
    /// <summary>Chooses; null when no finalist has a time.</summary>
    /// <param name="times">New times of every finalist, one per round; not a number where that round gave none.</param>
    /// <param name="defaultIndex">The default.</param>
    public static FinalChoice? Of(IReadOnlyDictionary<long, List<double>> times, long defaultIndex)
    {
        long[] timed = [.. times.Where(pair => pair.Value.Any(double.IsFinite)).Select(pair => pair.Key).OrderBy(index => index != defaultIndex)];
        if (timed.Length == 0)
        {
            return null;
        }

        // Without a time of the default the first finalist, the fastest so far, takes its place.
        List<double> reference = times[timed[0]];
        double referenceMs = Quantiles.Median(reference.Where(double.IsFinite));
        (long index, double ratio) = timed.Select(other => (Index: other, Ratio: RatioOf(times[other], reference))).MaxBy(pair => pair.Ratio);
        return new FinalChoice(index, referenceMs / ratio, timed[0] == defaultIndex ? referenceMs : null);
    }

    // Rounds in which only one of the two has a time say nothing; without a common round the candidate is out.
    private static double RatioOf(List<double> candidate, List<double> reference)
    {
        (double Mine, double Other)[] common = [.. candidate.Zip(reference).Where(pair => double.IsFinite(pair.First) && double.IsFinite(pair.Second))];
        return common.Length == 0 ? 0 : PairedRatio.MedianOf([.. common.Select(pair => pair.Mine)], [.. common.Select(pair => pair.Other)]);
    }
}
