using Attune.Numerics;

namespace Attune.Tuning.Run;

/// <summary>
/// Times of several models that ran in the same rounds. They are compared within rounds, as ratios to the first one, so that a machine that becomes slower
/// half-way, or is disturbed in a few rounds, favours nobody.
/// </summary>
internal sealed class RoundTimes
{
    private readonly double referenceMs;
    private readonly double[] ratios;

    /// <summary>Compares.</summary>
    /// <param name="milliseconds">Times above 0 of every model, one per round; the first is the one the others are compared with.</param>
    public RoundTimes(IReadOnlyList<double[]> milliseconds)
    {
        referenceMs = Quantiles.Median(milliseconds[0]);
        ratios = [.. milliseconds.Select(own => PairedRatio.MedianOf(own, milliseconds[0]))];
    }

    /// <summary>The fastest; the first one where others are equal.</summary>
    public int Fastest => Array.IndexOf(ratios, ratios.Max());

    /// <summary>Time of a model, milliseconds: the first one's median divided by the ratio, so that times and ratios agree.</summary>
    /// <param name="model">Its position.</param>
    public double Ms(int model) => referenceMs / ratios[model];
}
