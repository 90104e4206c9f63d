namespace Attune.Measuring.Tests;

/// <summary>A clock that moves only when told to.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now;

    /// <summary>Moves on by milliseconds.</summary>
    public void Advance(double milliseconds) => now += (long)(milliseconds * TimeSpan.TicksPerMillisecond);
}
