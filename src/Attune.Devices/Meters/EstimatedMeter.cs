namespace Attune.Devices.Meters;

/// <summary>
/// Energy of a model (design paper, 5.6): every busy thread adds one power, the machine itself another. Its watts are the user's; nothing is measured, and
/// everything made from it is to be called estimated.
/// </summary>
internal sealed class EstimatedMeter : IEnergyMeter
{
    private readonly TimeProvider clock;
    private readonly double milliwattsOfThread;
    private readonly double milliwattsOfRest;
    private readonly long start;
    private long busyTicks;

    /// <summary>Makes the meter; it counts from now.</summary>
    /// <param name="milliwattsOfThread">Power of a busy thread above the rest, milliwatts.</param>
    /// <param name="milliwattsOfRest">Power of the machine at rest, milliwatts.</param>
    /// <param name="clock">Time.</param>
    public EstimatedMeter(double milliwattsOfThread, double milliwattsOfRest, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(milliwattsOfThread);
        ArgumentOutOfRangeException.ThrowIfNegative(milliwattsOfRest);
        this.milliwattsOfThread = milliwattsOfThread;
        this.milliwattsOfRest = milliwattsOfRest;
        this.clock = clock;
        start = clock.GetTimestamp();
    }

    /// <summary>Watts that are taken when the user gives none: 4 W for a busy thread and 2 W at rest, about a laptop's.</summary>
    public static (double Thread, double Idle) UsualMilliwatts => (4000, 2000);

    /// <inheritdoc/>
    public string Name => $"estimated: {milliwattsOfThread / 1000:0.##} W for each busy thread, {milliwattsOfRest / 1000:0.##} W at rest";

    /// <inheritdoc/>
    public bool IsEstimate => true;

    /// <inheritdoc/>
    public TimeSpan UpdateInterval => TimeSpan.FromTicks(1);

    /// <summary>Says that threads were busy.</summary>
    /// <param name="time">For how long.</param>
    /// <param name="threads">How many of them.</param>
    public void Busy(TimeSpan time, int threads) => Interlocked.Add(ref busyTicks, time.Ticks * threads);

    /// <inheritdoc/>
    public double? MilliJoules() =>
        (TimeSpan.FromTicks(Interlocked.Read(ref busyTicks)).TotalSeconds * milliwattsOfThread) + (clock.GetElapsedTime(start).TotalSeconds * milliwattsOfRest);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open.
    }
}
