using Attune.Numerics;

namespace Attune.Measuring.Bench;

/// <summary>
/// Times one or two contenders in alternating blocks. Neither runs while the other is timed; whoever goes first changes with every block, so that drift of
/// the clock speed favours neither; a pause before each block lets the other's spinning threads fall asleep, and each block's first run, which finds cold
/// caches, is not counted.
/// </summary>
/// <param name="clock">Time.</param>
/// <param name="progress">Told after every block; null for none.</param>
public sealed class InterleavedBench(TimeProvider clock, Action<BenchBlock>? progress = null)
{
    private const int MinimumBlocks = 8;
    private const int MaxBlocks = 24;
    private const int MaxRunsPerBlock = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the benchmark.</summary>
    /// <param name="ours">The model under test.</param>
    /// <param name="peer">What to compare with, or null.</param>
    /// <param name="duration">About how long it may take.</param>
    /// <param name="cancellation">Interrupts.</param>
    public async Task<BenchTimes> RunAsync(IContender ours, IContender? peer, TimeSpan duration, CancellationToken cancellation)
    {
        IContender[] sides = peer is null ? [ours] : [ours, peer];
        double sum = 0;
        foreach (IContender side in sides)
        {
            // Two warm-up runs: the first one pays for page faults and lazy initialisation.
            double[] warm = await side.RunAsync(2, cancellation);
            sum += warm[^1];
        }

        double blockBudget = (duration.TotalMilliseconds / MaxBlocks) - (Pause.TotalMilliseconds * sides.Length);
        int runs = Math.Clamp((int)(blockBudget / Math.Max(sum, 1e-3)) - 1, 3, MaxRunsPerBlock);
        var times = new List<double>[sides.Length];
        var medians = new List<double>[sides.Length];
        for (int side = 0; side < sides.Length; side++)
        {
            times[side] = [];
            medians[side] = [];
        }

        long start = clock.GetTimestamp();
        for (int block = 0; block < MaxBlocks; block++)
        {
            if (block >= MinimumBlocks && clock.GetElapsedTime(start) > duration)
            {
                break;
            }

            for (int turn = 0; turn < sides.Length; turn++)
            {
                int side = block % 2 == 0 ? turn : sides.Length - 1 - turn;
                await Task.Delay(Pause, clock, cancellation);
                double[] kept = (await sides[side].RunAsync(runs + 1, cancellation))[1..];
                times[side].AddRange(kept);
                Array.Sort(kept);
                medians[side].Add(Quantiles.Of(kept, 0.5));
            }

            progress?.Invoke(new BenchBlock(block + 1, MaxBlocks, medians[0][^1], peer is null ? null : medians[1][^1]));
        }

        return new BenchTimes(
            times[0].Count,
            medians[0].Count,
            Distribution.Of(times[0]),
            peer is null ? null : Distribution.Of(times[1]),
            peer is null ? null : Ratio.Of(medians[0], medians[1]));
    }
}
