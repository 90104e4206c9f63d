namespace Attune.Devices.Tests.Power;

public sealed class EnergyMeterTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-power-").FullName;

    [Fact]
    public void A_machine_without_counter_has_no_meter()
    {
        EnergyMeter.Find(Path.Combine(root, "missing")).ShouldBeNull();
        EnergyMeter.Find(root).ShouldBeNull();
    }

    [Fact]
    public void Energy_is_the_counters_difference_per_run()
    {
        Counter(1_000_000);
        EnergyMeter meter = EnergyMeter.Find(root)!;
        int count = 1_000_000;
        meter.JoulesPerRun(() => Counter(count += 500_000), 4).ShouldBe(0.5);
    }

    [Fact]
    public void A_counter_that_wraps_around_loses_nothing()
    {
        Counter(9_000_000);
        EnergyMeter.Find(root)!.JoulesPerRun(() => Counter(1_000_000), 1).ShouldBe(2.0);
    }

    [Fact]
    public void A_counter_that_stands_still_measures_nothing()
    {
        Counter(5);
        EnergyMeter.Find(root)!.JoulesPerRun(() => { }, 3).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void Counter(int microjoules)
    {
        string zone = Directory.CreateDirectory(Path.Combine(root, "intel-rapl:0")).FullName;
        File.WriteAllText(Path.Combine(zone, "max_energy_range_uj"), "10000000\n");
        File.WriteAllText(Path.Combine(zone, "energy_uj"), $"{microjoules}\n");
    }
}
