using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Tests.Live;

/// <summary>A folder that stands for a machine with one clock of 1, 1.5 and 2 GHz, and a cohort's setup whose settings turn it.</summary>
internal sealed class ClockFiles : IDisposable
{
    public const string Clock = "cpufreq/policy0";
    private const string Policy = "/sys/devices/system/cpu/cpufreq/policy0";

    public ClockFiles()
    {
        Put($"{Policy}/scaling_available_frequencies", "1000000 1500000 2000000");
        Put($"{Policy}/scaling_governor", "schedutil");
        Lower = 1000000;
        Upper = 2000000;
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"attune-clocks-{Guid.NewGuid():N}");

    public long Lower
    {
        get => Get($"{Policy}/scaling_min_freq");
        set => Put($"{Policy}/scaling_min_freq", $"{value}");
    }

    public long Upper
    {
        get => Get($"{Policy}/scaling_max_freq");
        set => Put($"{Policy}/scaling_max_freq", $"{value}");
    }

    /// <summary>What the processor runs at, where that is below the limit.</summary>
    public long Current
    {
        set => Put($"{Policy}/scaling_cur_freq", $"{value}");
    }

    /// <summary>Settings at 1, 1.5 and 2 GHz for members of two stages of 1 ms each at 2 GHz.</summary>
    public static CohortSetup Setup(params double[] deadlinesMs) =>
        SmallProfiles.Setup(SmallProfiles.Plan(new ControlOptions { DwellUs = 0 }, deadlinesMs), [.. deadlinesMs.Select(_ => Profile())]);

    public void Heat(double celsius)
    {
        Put("/sys/class/thermal/thermal_zone0/type", "x86_pkg_temp");
        Put("/sys/class/thermal/thermal_zone0/temp", $"{celsius * 1000:0}");
        Put("/sys/class/thermal/thermal_zone0/trip_point_0_type", "passive");
        Put("/sys/class/thermal/thermal_zone0/trip_point_0_temp", "100000");
    }

    public KnobSession Open(int writes = 500, TimeProvider? clock = null) => KnobSession.Open(
        KnobCatalog.Discover(Root, 2, nvidia: false).Where(knob => knob.Description.Id == Clock),
        new KnobSessionOptions
        {
            Root = Root,
            RestorePath = Path.Combine(Root, "restore"),
            Release = true,
            WritesPerSecond = writes,
            Clock = clock ?? TimeProvider.System,
        }).Value.ShouldNotBeNull();

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public static CohortProfile Profile() => new()
    {
        Network = "clocked",
        Machine = "test",
        Origin = "made for a test",
        Energy = EnergySource.Measured,
        RestPowerMw = 1000,
        Knobs = [new ProfileKnob(Clock, "kHz")],
        Stages = [new ProfileStage("first"), new ProfileStage("second")],
        Variants = [new ProfileVariant("exact", 0) { StageLoss = [0, 0] }],
        Settings = [Setting(1000000, 2000, 4), Setting(1500000, 1333, 5), Setting(2000000, 1000, 8)],
    };

    private static ProfileSetting Setting(double clock, double us, double milliJoules) =>
        new([clock], [new StageTimes([us, us]) { StageMilliJoules = [milliJoules, milliJoules] }]);

    private void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        File.WriteAllText(Root + path, text + "\n");
    }

    private long Get(string path) => long.Parse(File.ReadAllText(Root + path), System.Globalization.CultureInfo.InvariantCulture);
}
