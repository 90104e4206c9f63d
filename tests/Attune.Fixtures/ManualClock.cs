namespace Attune.Fixtures;

/// <summary>A clock that goes only when told to. Ticks are 100 ns.</summary>
public class ManualClock : TimeProvider
{
    /// <summary>Time since its beginning.</summary>
    public TimeSpan Now { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    /// <summary>Moves on.</summary>
    public void Advance(TimeSpan time) => Now += time;

    /// <summary>Moves on by milliseconds; parts of a tick are cut off.</summary>
    public void Advance(double milliseconds) => Now += new TimeSpan((long)(milliseconds * TimeSpan.TicksPerMillisecond));
}
