namespace Attune.Devices.Meters;

/// <summary>
/// Energy from a power sensor: samples on a thread of its own, trapezoids in between. Gaps of more than ten periods are left out rather than guessed.
/// </summary>
internal sealed class SampledMeter : IEnergyMeter
{
    private const int LongestGap = 10;
    private readonly PowerSensor sensor;
    private readonly TimeProvider clock;
    private readonly TimeSpan period;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private double milliJoules;
    private double? lastPower;
    private long lastTime;

    public SampledMeter(PowerSensor sensor, TimeSpan period, TimeProvider clock)
    {
        this.sensor = sensor;
        this.clock = clock;
        this.period = period;
        lastPower = sensor.Milliwatts();
        lastTime = clock.GetTimestamp();
        timer = clock.CreateTimer(_ => Sample(), null, period, period);
    }

    /// <inheritdoc/>
    public string Name => $"{sensor.Name}, sampled every {period.TotalMilliseconds:0.##} ms";

    /// <inheritdoc/>
    public bool IsEstimate => false;

    /// <inheritdoc/>
    public TimeSpan UpdateInterval => period;

    /// <inheritdoc/>
    public double? MilliJoules()
    {
        Sample();
        lock (gate)
        {
            return lastPower is null ? null : milliJoules;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Sample()
    {
        lock (gate)
        {
            double? power = sensor.Milliwatts();
            long now = clock.GetTimestamp();
            TimeSpan elapsed = clock.GetElapsedTime(lastTime, now);
            if (power is { } after && lastPower is { } before && elapsed <= LongestGap * period)
            {
                milliJoules += (before + after) / 2 * elapsed.TotalSeconds;
            }

            lastPower = power;
            lastTime = now;
        }
    }
}
