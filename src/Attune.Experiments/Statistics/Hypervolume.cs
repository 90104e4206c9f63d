namespace Attune.Experiments.Statistics;

/// <summary>
/// The ICCV paper's HV column: the area, in percent, that a method dominates in the plane of search time and latency, both relative to the baseline's. A method
/// that is worse on either axis dominates nothing.
/// </summary>
public static class Hypervolume
{
    /// <summary>Hypervolume of one method against a baseline, 0 to 100.</summary>
    /// <param name="seconds">Its search time, any unit.</param>
    /// <param name="latency">Its latency, any unit.</param>
    /// <param name="baselineSeconds">The baseline's search time in the same unit, above 0.</param>
    /// <param name="baselineLatency">The baseline's latency in the same unit, above 0.</param>
    public static double Of(double seconds, double latency, double baselineSeconds, double baselineLatency) =>
        100 * Math.Max(0, 1 - (seconds / baselineSeconds)) * Math.Max(0, 1 - (latency / baselineLatency));
}
