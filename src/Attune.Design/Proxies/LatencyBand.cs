using System.Runtime.InteropServices;

namespace Attune.Design.Proxies;

/// <summary>The latencies that matter to the user, milliseconds on the target, both ends included.</summary>
/// <param name="Low">Lower end, at least 0.</param>
/// <param name="High">Upper end, at least <paramref name="Low"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LatencyBand(double Low, double High)
{
    /// <summary>The band around a budget: from 60 % of it to 120 %, where the designs are that compete for it.</summary>
    public static LatencyBand Around(double budget) => new(0.6 * budget, 1.2 * budget);

    /// <summary>True for latencies inside.</summary>
    public bool Holds(double latency) => latency >= Low && latency <= High;
}
