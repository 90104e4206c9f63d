using Attune.Numerics;

namespace Attune.Measuring.Bench;

/// <summary>How many times as fast as the peer we are, with its 95 % interval over blocks: <see cref="PairedRatio"/> in a benchmark's words.</summary>
/// <param name="Median">Estimate of (peer's median / our median).</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public sealed record Ratio(double Median, double Low, double High)
{
    /// <summary>Pairs the blocks.</summary>
    /// <param name="ours">Our medians per block, milliseconds.</param>
    /// <param name="peer">The peer's medians of the same blocks, milliseconds.</param>
    public static Ratio Of(IReadOnlyList<double> ours, IReadOnlyList<double> peer)
    {
        var ratio = PairedRatio.Of(ours, peer);
        return new Ratio(ratio.Median, ratio.Low, ratio.High);
    }
}
