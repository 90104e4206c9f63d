using System.Collections.Immutable;

namespace Attune.Tuning.Run;

/// <summary>
/// Times two models in alternating blocks until their ratio is known well or the time is over: a noisy machine gets more rounds. Whoever goes first changes
/// with every pair of blocks, so that drift favours neither. When to stop depends on the interval's width, never on which side of 1 it lies, so that looking
/// again and again finds nothing that is not there.
/// </summary>
/// <param name="clock">Time.</param>
public sealed class PairedComparison(TimeProvider clock)
{
    /// <summary>The fewest pairs that can tell anything at all.</summary>
    public const int MinPairs = 6;

    private const int MaxPairs = 64;
    private const int Round = 8;
    private const int MaxRuns = 200;

    // Good enough: within 1 %, or within a fifth of the gain.
    private const double NarrowInterval = 0.01;
    private const double NarrowShare = 0.2;
    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(60);

    /// <summary>Wait before each block, in which the other side's spinning threads fall asleep. Default 20 ms.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The shortest comparison of a model: all its pairs, with one counted run a block.</summary>
    /// <param name="run">Time of one run.</param>
    public static TimeSpan MinTime(TimeSpan run) => MinPairs * 2 * (TimeSpan.FromMilliseconds(20) + (2 * run));

    /// <summary>Compares.</summary>
    /// <param name="before">The model with default configurations.</param>
    /// <param name="tuned">The tuned model, or null to time the default alone.</param>
    /// <param name="limit">Time to spend; exceeded only where <see cref="MinPairs"/> need more.</param>
    /// <param name="progress">Called after every pair; null for none.</param>
    /// <param name="cancellation">Ends it as soon as it can tell anything; nothing is thrown.</param>
    public async Task<ModelComparison> RunAsync(
        ITimedModel before, ITimedModel? tuned, TimeSpan limit, Action<ModelComparison>? progress, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        ITimedModel[] sides = tuned is null ? [before] : [before, tuned];
        RunBlock[] warm = [.. sides.Select(side => side.Run(1))];
        if (tuned is null && clock.GetElapsedTime(start) >= limit)
        {
            return new ModelComparison([warm[0]], []);
        }

        int runs = Runs(warm.Max(block => block.Ms), limit / (2 * Round * sides.Length));
        int min = tuned is null ? 1 : MinPairs;
        ImmutableArray<RunBlock>[] blocks = [.. sides.Select(_ => ImmutableArray<RunBlock>.Empty)];
        for (int pair = 0; pair < MaxPairs; pair++)
        {
            if (pair >= min && (cancellation.IsCancellationRequested || clock.GetElapsedTime(start) >= limit))
            {
                break;
            }

            for (int turn = 0; turn < sides.Length; turn++)
            {
                int side = pair % 2 == 0 ? turn : sides.Length - 1 - turn;
                await WaitAsync();
                blocks[side] = blocks[side].Add(sides[side].Run(runs));
            }

            bool look = (pair + 1) % Round == 0;
            if (look || progress is not null)
            {
                ModelComparison so = SoFar();
                progress?.Invoke(so);
                if (look && IsNarrow(so))
                {
                    break;
                }
            }
        }

        return SoFar();

        ModelComparison SoFar() => new(blocks[0], tuned is null ? [] : blocks[1]);
    }

    private static int Runs(double runMs, TimeSpan share)
    {
        double block = Math.Min(BlockTime.TotalMilliseconds, share.TotalMilliseconds);
        return (int)Math.Clamp((block / Math.Max(runMs, 1e-3)) - 1, 1, MaxRuns);
    }

    private static bool IsNarrow(ModelComparison comparison)
    {
        if (comparison.Gain is not { } gain)
        {
            return true;
        }

        // The error's width must not depend on the side of 1, and hardly on the distance: without a gain, a fifth of it is as good as never wide enough.
        double half = Math.Log(gain.High / gain.Low) / 2;
        return half <= Math.Max(NarrowInterval, NarrowShare * Math.Abs(Math.Log(gain.Median)));
    }

    private Task WaitAsync() => Pause > TimeSpan.Zero ? Task.Delay(Pause, clock, CancellationToken.None) : Task.CompletedTask;
}
