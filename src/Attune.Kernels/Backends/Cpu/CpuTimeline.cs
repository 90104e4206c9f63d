namespace Attune.Kernels.Backends.Cpu;

/// <summary>Times on a clock of the host: what runs in the calling thread is complete when it returns.</summary>
/// <param name="clock">The clock.</param>
internal sealed class CpuTimeline(TimeProvider clock) : ITimeline
{
    private readonly List<long> marks = [];

    /// <inheritdoc/>
    public void Mark() => marks.Add(clock.GetTimestamp());

    /// <inheritdoc/>
    public double[] Take()
    {
        double[] times = [.. marks.Select(mark => clock.GetElapsedTime(marks[0], mark).TotalMilliseconds)];
        marks.Clear();
        return times;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
