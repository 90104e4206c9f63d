namespace Attune.Compile.Quantisation.Session;

/// <summary>Counts runs and tells how far they are.</summary>
/// <param name="clock">Time.</param>
/// <param name="progress">Told after every run; null for nobody.</param>
internal sealed class QuantiseWork(TimeProvider clock, IProgress<QuantiseProgress>? progress)
{
    private readonly long start = clock.GetTimestamp();
    private string phase = string.Empty;
    private int done;
    private int total;

    /// <summary>Adds runs that will come.</summary>
    public void Expect(int runs) => total += runs;

    /// <summary>Begins a phase of the runs that are expected.</summary>
    public void Begin(string name)
    {
        phase = name;
        Tell();
    }

    /// <summary>One run is done.</summary>
    public void Step()
    {
        done++;
        Tell();
    }

    private void Tell()
    {
        TimeSpan? left = done == 0 ? null : clock.GetElapsedTime(start) / done * Math.Max(0, total - done);
        progress?.Report(new QuantiseProgress(phase, done, total, left));
    }
}
