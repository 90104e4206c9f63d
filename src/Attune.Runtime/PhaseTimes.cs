namespace Attune.Runtime;

/// <summary>When one thread did its share of one phase of a step. All in nanoseconds since the first recorded run began.</summary>
/// <param name="Begin">The thread began its share.</param>
/// <param name="Worked">Its share was done; it began to wait for the others.</param>
/// <param name="Met">All threads were done.</param>
public readonly record struct PhaseTimes(long Begin, long Worked, long Met)
{
    /// <summary>Time of the thread's own share, nanoseconds.</summary>
    public long Work => Worked - Begin;

    /// <summary>Time for which the thread waited for the others, nanoseconds.</summary>
    public long Wait => Met - Worked;
}
