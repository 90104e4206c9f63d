using Attune.Devices;
using Attune.Measuring.Probes;
using Attune.Measuring.Timing;
using Xunit.Abstractions;

namespace Attune.Measuring.Tests.Probes;

/// <summary>Probes measure the machine the tests run on, so only what holds on every machine is asserted; the numbers are printed.</summary>
public sealed class ProbeTests(ITestOutputHelper output)
{
    [Fact]
    public void Peak_is_found_for_every_usable_width()
    {
        foreach (int lanes in CpuDevice.Detect().VectorWidths)
        {
            double one = PeakProbe.GigaFlops(lanes, 1);
            output.WriteLine($"{lanes} lanes: {one:F1} GFLOP/s on one thread");
            one.ShouldBeInRange(0.1, 10_000);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => PeakProbe.GigaFlops(5, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => PeakProbe.GigaFlops(4, 0));
    }

    [Fact]
    public void Bandwidth_and_clock_are_positive_and_finite()
    {
        double memory = BandwidthProbe.GigaBytesPerSecond(64 << 20, 1);
        double cache = BandwidthProbe.GigaBytesPerSecond(16 << 10, 2);
        double clock = ClockProbe.GigaHertz();
        output.WriteLine($"memory {memory:F1} GB/s, first-level caches {cache:F1} GB/s, clock {clock:F2} GHz");
        memory.ShouldBeInRange(0.01, 100_000);
        cache.ShouldBeInRange(0.01, 100_000);
        clock.ShouldBeInRange(0.05, 20);
        Should.Throw<ArgumentOutOfRangeException>(() => BandwidthProbe.GigaBytesPerSecond(100, 1));
    }

    [Fact]
    public void Noise_is_reported()
    {
        NoiseReport report = NoiseProbe.Run(repeats: 10);
        output.WriteLine(report.ToString());
        report.MedianMs.ShouldBeGreaterThan(0);
        report.WorstRatio.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public void Spread_is_relative_to_the_median_and_names_a_verdict()
    {
        NoiseReport steady = NoiseReport.Of([2, 2, 2, 2, 3]);
        steady.ShouldBe(new NoiseReport(2, 0, 1.5));
        steady.Verdict.ShouldBe("steady");
        NoiseReport.Of([1, 2, 3]).Verdict.ShouldStartWith("noisy");
    }

    [Fact]
    public void The_clock_of_a_probe_can_be_injected()
    {
        // A clock that stands still makes every execution take no time at all.
        var clock = new ManualClock();
        CalibrationKernel.TimeMs(clock).ShouldBe(0);
    }
}
