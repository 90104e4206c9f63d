namespace Attune.Tuning.Tests.Run;

/// <summary>A clock that goes only when told.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(ticks);

    public void Advance(TimeSpan time) => ticks += time.Ticks;
}
