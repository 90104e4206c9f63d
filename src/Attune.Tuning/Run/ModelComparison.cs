using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Tuning.Run;

/// <summary>A tuned model against the one with default configurations, from alternating blocks: the one place that all figures of a gain come from.</summary>
/// <param name="Default">Blocks of the model with default configurations.</param>
/// <param name="Tuned">Blocks of the tuned model, each beside the default's at the same position; empty when there was nothing to compare.</param>
public sealed record ModelComparison(ImmutableArray<RunBlock> Default, ImmutableArray<RunBlock> Tuned)
{
    /// <summary>Median latency with default configurations, milliseconds.</summary>
    public double DefaultMs { get; } = Quantiles.Median(Default.Select(block => block.Ms));

    /// <summary>How many times as fast the tuned model is; null when there was nothing to compare.</summary>
    public PairedRatio? Gain { get; } = Tuned.IsEmpty ? null : PairedRatio.Of([.. Tuned.Select(block => block.Ms)], [.. Default.Select(block => block.Ms)]);

    /// <summary>Latency of the tuned model, milliseconds: the default's divided by the gain, so that the three always agree.</summary>
    public double TunedMs => DefaultMs / (Gain?.Median ?? 1);

    /// <summary>
    /// True when the tuned model is not known to be faster, so that the default configurations are the ones to use: nothing that may be slower is.
    /// </summary>
    public bool KeepsDefaults => Gain is { Verdict: not RatioVerdict.Faster };

    /// <summary>
    /// How many times as fast some steps of the tuned model are as the steps they stand for; null when there was nothing to compare or no time passed in them.
    /// </summary>
    /// <param name="tunedSteps">Positions in the tuned model.</param>
    /// <param name="defaultSteps">Positions in the default model.</param>
    public PairedRatio? GainOf(IReadOnlyCollection<int> tunedSteps, IReadOnlyCollection<int> defaultSteps)
    {
        double[] tuned = Sums(Tuned, tunedSteps);
        double[] before = Sums(Default, defaultSteps);
        return tuned.Length > 0 && tuned.All(ms => ms > 0) && before.All(ms => ms > 0) ? PairedRatio.Of(tuned, before) : null;
    }

    /// <summary>Median time of some steps of the default model together, milliseconds.</summary>
    /// <param name="steps">Their positions.</param>
    public double DefaultMsOf(IReadOnlyCollection<int> steps) => Quantiles.Median(Sums(Default, steps));

    private static double[] Sums(ImmutableArray<RunBlock> blocks, IReadOnlyCollection<int> steps) =>
        [.. blocks.Select(block => steps.Sum(step => block.StepMs[step]))];
}
