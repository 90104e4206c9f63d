namespace Attune.Devices.Threads;

/// <summary>
/// How a member waits for the others. Yielding is a last resort: the scheduler gives a yielded processor to any other process, however unimportant, for
/// milliseconds, and a whole inference may take no longer. Where members have processors of their own a wait is short, unless another process takes one away.
/// </summary>
internal readonly struct Patience(bool ownProcessors)
{
    // Teams of the process together have more members at work than there are processors: who is waited for may well not be running.
    private const int SpinsWhenCrowded = 400;

    // One pause is some tens of nanoseconds: a few milliseconds of spinning, or a tenth of a millisecond where members share processors.
    private readonly int spinsBeforeYield = ownProcessors ? 100_000 : 4_000;

    public void Pause(int spins)
    {
        if (spins < (TeamLoad.IsOversubscribed ? SpinsWhenCrowded : spinsBeforeYield))
        {
            Thread.SpinWait(1);
        }
        else
        {
            Thread.Yield();
        }
    }
}
