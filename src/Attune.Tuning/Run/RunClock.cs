namespace Attune.Tuning.Run;

/// <summary>Keeps a run's time: the deadline, and what went into measuring.</summary>
internal sealed class RunClock(TimeProvider time, TimeSpan? budget)
{
    private readonly long start = time.GetTimestamp();

    public TimeSpan MeasureTime { get; private set; }

    /// <summary>Time in which the measurer built kernels; part of <see cref="MeasureTime"/>.</summary>
    public TimeSpan CompileTime { get; private set; }

    public int Measurements { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(start);

    public TimeSpan? Left => budget is { } limit ? Max(TimeSpan.Zero, limit - Elapsed) : null;

    public TimeSpan? Budget => budget;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Mean wall-clock time of a measurement so far.</summary>
    public TimeSpan MeanMeasurement => Measurements == 0 ? TimeSpan.Zero : MeasureTime / Measurements;

    public async Task<T> Measuring<T>(Func<Task<T>> work)
    {
        long from = time.GetTimestamp();
        T result = await work();
        MeasureTime += time.GetElapsedTime(from);
        Measurements++;
        return result;
    }

    public void Compiled(double milliseconds) => CompileTime += TimeSpan.FromMilliseconds(milliseconds);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
