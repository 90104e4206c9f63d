using System.Diagnostics;

namespace Attune.Runtime.Execution;

/// <summary>A sum of times that several threads add to.</summary>
internal sealed class ThreadTime
{
    private long ticks;

    /// <summary>The sum, milliseconds.</summary>
    public double Milliseconds => Volatile.Read(ref ticks) * 1000.0 / Stopwatch.Frequency;

    public void Add(long elapsed) => Interlocked.Add(ref ticks, elapsed);
}
