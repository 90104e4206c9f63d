using Attune.Devices.Meters;

namespace Attune.Contracts.Devices;

/// <summary>What every energy meter keeps. A new kind inherits this by a class that makes one and lets the machine use energy.</summary>
public abstract class EnergyMeterContract : IDisposable
{
    private const int Readers = 4;

    /// <summary>Opens the meter on a machine that uses energy only when <see cref="Use"/> says so.</summary>
    protected abstract IEnergyMeter Open();

    /// <summary>Lets the machine run for a while.</summary>
    /// <returns>Energy that it used, millijoules, as the meter's kind should count it.</returns>
    protected abstract double Use();

    [Fact]
    public void It_says_what_it_reads_and_how_often_that_moves()
    {
        using IEnergyMeter meter = Open();
        meter.Name.ShouldNotBeNullOrWhiteSpace();
        meter.UpdateInterval.ShouldBeGreaterThan(TimeSpan.Zero);
        if (meter.IsEstimate)
        {
            meter.Name.ShouldContain("estimated");
        }
    }

    [Fact]
    public void It_counts_what_was_used_since_it_was_opened()
    {
        using IEnergyMeter meter = Open();
        double sum = 0;
        for (int i = 0; i < 5; i++)
        {
            sum += Use();
            meter.MilliJoules().ShouldNotBeNull().ShouldBe(sum, Math.Max(1e-6, 1e-6 * sum));
            meter.MilliJoules().ShouldBe(meter.MilliJoules());
        }

        sum.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Several_threads_may_read_it_and_none_sees_it_fall()
    {
        using IEnergyMeter meter = Open();
        double before = Use();
        Parallel.For(0, Readers, _ =>
        {
            double last = 0;
            for (int i = 0; i < 100; i++)
            {
                double now = meter.MilliJoules() ?? double.NaN;
                (now >= last).ShouldBeTrue($"{now} after {last}");
                last = now;
            }
        });
        meter.MilliJoules().ShouldNotBeNull().ShouldBe(before, Math.Max(1e-6, 1e-6 * before));
    }

    /// <summary>Frees what the meter needed.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the meter needed.</summary>
    protected abstract void Dispose(bool disposing);
}
