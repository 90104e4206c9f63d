namespace Attune.Fixtures;

/// <summary>A clock that goes on by the same time whenever it is looked at.</summary>
public sealed class SteppingClock(TimeSpan step) : ManualClock
{
    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        Advance(step);
        return base.GetTimestamp();
    }
}
