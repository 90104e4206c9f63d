using System.Diagnostics;

namespace Attune.Runtime.Execution;

/// <summary>Writes one member's times into its own array, front to back. Used by that member alone.</summary>
/// <param name="stamps">Timestamps of <see cref="Stopwatch"/>.</param>
/// <param name="next">Where the next one goes.</param>
internal struct MemberStamps(long[] stamps, int next) : IStampSink
{
    private int next = next;

    /// <summary>Writes a time that came from elsewhere.</summary>
    /// <param name="timestamp">A timestamp of <see cref="Stopwatch"/>.</param>
    public void Stamp(long timestamp) => stamps[next++] = timestamp;

    public void Stamp() => stamps[next++] = Stopwatch.GetTimestamp();
}
