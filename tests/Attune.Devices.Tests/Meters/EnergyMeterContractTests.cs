using Attune.Contracts.Devices;
using Attune.Devices.Meters;
using Attune.Devices.Tests.Knobs;

namespace Attune.Devices.Tests.Meters;

public sealed class RaplMeterContractTests : EnergyMeterContract
{
    private const long Range = 10_000_000;
    private readonly KnobMachine machine = new();
    private long count = 9_500_000;

    protected override IEnergyMeter Open()
    {
        machine.Put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", $"{Range}");
        Put();
        return EnergyMeters.Open("rapl", new ManualClock(), machine.Root).Value.ShouldNotBeNull();
    }

    protected override double Use()
    {
        // The counter turns on the way.
        count = (count + 400_000) % Range;
        Put();
        return 400;
    }

    protected override void Dispose(bool disposing) => machine.Dispose();

    private void Put() => machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", $"{count}");
}

public sealed class SampledMeterContractTests : EnergyMeterContract
{
    private readonly KnobMachine machine = KnobMachine.Jetson();
    private readonly ManualClock clock = new();

    protected override IEnergyMeter Open() => EnergyMeters.Open("hwmon", clock, machine.Root).Value.ShouldNotBeNull();

    protected override double Use()
    {
        clock.Now += TimeSpan.FromMilliseconds(20);
        return 3500 * 0.020;
    }

    protected override void Dispose(bool disposing) => machine.Dispose();
}

public sealed class EstimatedMeterContractTests : EnergyMeterContract
{
    private readonly ManualClock clock = new();
    private EstimatedMeter? meter;

    protected override IEnergyMeter Open() => meter = new EstimatedMeter(4000, 2000, clock);

    protected override double Use()
    {
        clock.Now += TimeSpan.FromSeconds(3);
        meter!.Busy(TimeSpan.FromSeconds(1), 2);
        return (2 * 4000) + (3 * 2000);
    }

    protected override void Dispose(bool disposing) => meter?.Dispose();
}
