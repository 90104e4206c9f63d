namespace Attune.Cohort.Profiling;

/// <summary>How right one variant is on a calibration set.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Top1">Share of samples whose first answer is right (or the exact network's, without labels).</param>
/// <param name="Top5">Share of samples whose right answer is among the first five.</param>
/// <param name="ExactTop1">The same of the exact network; 1 without labels.</param>
public sealed record VariantAccuracy(string Variant, double Top1, double Top5, double ExactTop1)
{
    /// <summary>What the variant loses, points, at least 0.</summary>
    public double LossPoints => Math.Max(0, 100 * (ExactTop1 - Top1));
}
