using System.Collections.Immutable;
using Attune.Measuring.Probes;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>One step of a model against what the machine could do at best: the figures that <c>explain</c> and <c>bench --profile</c> share.</summary>
/// <param name="Index">Position in order of execution.</param>
/// <param name="Layer">Node name.</param>
/// <param name="Operation">What the step does.</param>
/// <param name="Title">Short description with sizes.</param>
/// <param name="Task">Key of its task, or null when the step is not searched.</param>
/// <param name="Ms">Median time inside the model, barriers included, milliseconds.</param>
/// <param name="SpreadMs">Robust standard deviation of that time over the runs, milliseconds.</param>
/// <param name="Share">Share of the time of all steps, 0 to 1.</param>
/// <param name="WaitShare">Share of its time in which its threads wait for each other, 0 to 1; mean over the threads.</param>
/// <param name="Flops">Operations of the direct algorithm.</param>
/// <param name="ExecutedFlops">Operations of the multiplications really executed.</param>
/// <param name="Bytes">Bytes that must move: inputs, weights and outputs, each once.</param>
/// <param name="Gflops">Direct-equivalent rate, 10^9 operations a second.</param>
/// <param name="ExecutedGflops">Executed rate, 10^9 operations a second.</param>
/// <param name="Gbs">Rate of the bytes that must move, 10^9 bytes a second.</param>
/// <param name="Bound">What limits a direct computation: "compute" or "memory".</param>
/// <param name="RooflineShare">
/// Shortest time of a direct computation with the instructions at hand divided by the time; above 1 where multiplications are saved or caches supply the data.
/// </param>
/// <param name="ExecutedRooflineShare">The same for the multiplications really executed: how well the units are used.</param>
/// <param name="Algorithm">How it is computed, or null for steps without multiplications.</param>
/// <param name="Configuration">Knobs of the configuration, or null.</param>
/// <param name="Tile">The knobs that shape blocks and register tile, or null.</param>
/// <param name="WorkUnits">Work units of each phase; 0 where a phase is not cut into units.</param>
/// <param name="Balance">Work of the average thread divided by that of the busiest one, by units, 0 to 1.</param>
public sealed record LayerProfile(
    int Index,
    string Layer,
    string Operation,
    string Title,
    string? Task,
    double Ms,
    double SpreadMs,
    double Share,
    double WaitShare,
    long Flops,
    long ExecutedFlops,
    long Bytes,
    double Gflops,
    double ExecutedGflops,
    double Gbs,
    string Bound,
    double RooflineShare,
    double ExecutedRooflineShare,
    string? Algorithm,
    string? Configuration,
    string? Tile,
    ImmutableArray<int> WorkUnits,
    double Balance)
{
    private static readonly ImmutableArray<string> TileKnobs = ["oc=", "c=", "ow_tile=", "oh_tile=", "oh_block="];

    /// <summary>Puts a step's description and its times together.</summary>
    /// <param name="index">Position of the step.</param>
    /// <param name="step">Description.</param>
    /// <param name="time">Median, spread and waiting share of its time.</param>
    /// <param name="totalMs">Time of all steps.</param>
    /// <param name="speed">What the machine can do with as many threads.</param>
    public static LayerProfile Of(int index, StepReport step, StepTime time, double totalMs, MachineSpeed speed) => new(
        index,
        step.Name,
        step.Operation,
        step.Title,
        step.TaskKey,
        time.Ms,
        time.SpreadMs,
        Ratio(time.Ms, totalMs),
        time.WaitShare,
        step.Flops,
        step.ExecutedFlops,
        step.Bytes,
        Ratio(step.Flops / 1e6, time.Ms),
        Ratio(step.ExecutedFlops / 1e6, time.Ms),
        Ratio(step.Bytes / 1e6, time.Ms),
        PeakOf(step, step.Flops) / speed.PeakFlops >= step.Bytes / speed.BytesPerSecond ? "compute" : "memory",
        Ratio(speed.RooflineMs(PeakOf(step, step.Flops), step.Bytes), time.Ms),
        Ratio(speed.RooflineMs(PeakOf(step, step.ExecutedFlops), step.Bytes), time.Ms),
        step.Algorithm,
        step.Configuration,
        TileOf(step.Configuration),
        step.WorkUnits,
        BalanceOf(step.WorkUnits, speed.Threads));

    /// <summary>Work of the average thread divided by that of the busiest one, when units are split evenly.</summary>
    internal static double BalanceOf(ImmutableArray<int> units, int threads)
    {
        long all = units.Sum(count => (long)count);
        long busiest = units.Sum(count => (long)(count + threads - 1) / threads * threads);
        return busiest == 0 ? 1 : (double)all / busiest;
    }

    // Operations in units of what the machine's peak counts, which is measured with multiply-adds of floats.
    private static double PeakOf(StepReport step, long operations) => (double)operations / step.OperationsAtOnce;

    private static string? TileOf(string? configuration) =>
        configuration is null
            ? null
            : string.Join(' ', configuration.Split(' ').Where(knob => TileKnobs.Any(name => knob.StartsWith(name, StringComparison.Ordinal))));

    private static double Ratio(double value, double divisor) => divisor > 0 ? value / divisor : 0;
}
