using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Numerics;
using Attune.Runtime;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Times whole networks in turns, so that drift of the clock speed favours none. Stateless.</summary>
internal static class WholeTiming
{
    private const int Blocks = 12;
    private const int MaxRuns = 50;
    private static readonly TimeSpan OfBlock = TimeSpan.FromMilliseconds(20);

    // Threads of the model that ran before spin for a while before they sleep.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Latency of every model; whether each is faster than the first.</summary>
    /// <param name="models">Compiled models of the same inputs.</param>
    /// <param name="sample">Inputs of the runs.</param>
    /// <param name="clock">Time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static ImmutableArray<WholeTime> Measure(
        IReadOnlyList<CompiledModel> models, IReadOnlyDictionary<string, Tensor> sample, TimeProvider clock, CancellationToken cancellation)
    {
        List<double>[] medians = [.. models.Select(_ => new List<double>())];
        int[] runs = [.. models.Select(model => Runs(model, sample, clock))];
        for (int block = 0; block < Blocks; block++)
        {
            for (int turn = 0; turn < models.Count; turn++)
            {
                cancellation.ThrowIfCancellationRequested();
                int at = block % 2 == 0 ? turn : models.Count - 1 - turn;
                Thread.Sleep(Pause);

                // The first run of a block finds cold caches.
                Time(models[at], sample, clock);
                medians[at].Add(Quantiles.Median(Enumerable.Range(0, runs[at]).Select(_ => Time(models[at], sample, clock)).ToArray()));
            }
        }

        return [.. medians.Select(times => new WholeTime(
            Quantiles.Median(times), RobustStatistics.HalfWidth(times), PairedRatio.Of(times, medians[0]).Verdict == RatioVerdict.Faster))];
    }

    private static int Runs(CompiledModel model, IReadOnlyDictionary<string, Tensor> sample, TimeProvider clock)
    {
        Time(model, sample, clock);
        return (int)Math.Clamp(OfBlock.TotalMilliseconds / Math.Max(Time(model, sample, clock), 1e-3), 1, MaxRuns);
    }

    private static double Time(CompiledModel model, IReadOnlyDictionary<string, Tensor> sample, TimeProvider clock)
    {
        Dictionary<string, Tensor> inputs = LayerTiming.Needed(model, sample);
        long start = clock.GetTimestamp();
        model.Run(inputs);

        // A clock that stands still, as tests have, gives no ratio of times.
        return Math.Max(clock.GetElapsedTime(start).TotalMilliseconds, 1e-6);
    }
}
