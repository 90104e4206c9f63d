using System.Collections.Immutable;

namespace Attune.Tuning.Session;

/// <summary>The time of a whole tune: what is left of the budget, and where the time went. The first phase, prepare, begins with it.</summary>
internal sealed class TuneTime
{
    private readonly TimeProvider clock;
    private readonly long start;
    private readonly List<TunePhase> ended = [];
    private string current = "prepare";
    private long since;

    /// <summary>Begins.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="start">Timestamp of the beginning.</param>
    public TuneTime(TimeProvider clock, long start)
    {
        this.clock = clock;
        this.start = start;
        since = start;
    }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(start);

    /// <summary>The phases until now, the one under way included.</summary>
    public ImmutableArray<TunePhase> Phases => [.. ended, Current];

    private TunePhase Current => new(current, clock.GetElapsedTime(since).TotalSeconds);

    /// <summary>What is left of a budget; null without one, zero when it is spent.</summary>
    /// <param name="budget">The budget.</param>
    public TimeSpan? Left(TimeSpan? budget) => budget is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - Elapsed).Ticks)) : null;

    /// <summary>Ends the phase under way and begins another.</summary>
    /// <param name="phase">Its name.</param>
    public void Enter(string phase)
    {
        ended.Add(Current);
        current = phase;
        since = clock.GetTimestamp();
    }
}
