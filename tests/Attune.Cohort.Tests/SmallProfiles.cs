using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests;

/// <summary>Profiles made for tests, small enough to calculate by hand.</summary>
internal static class SmallProfiles
{
    /// <summary>
    /// Two stages, three clocks: time falls as the clock rises, power rises with it; a low-rank form of the first stage takes half the time and loses one
    /// point.
    /// </summary>
    /// <param name="scale">Factor of all times.</param>
    /// <param name="network">Its name.</param>
    public static CohortProfile Clocked(double scale = 1, string network = "small") => new()
    {
        Network = network,
        Machine = "test",
        Origin = "made for a test",
        Energy = EnergySource.Measured,
        RestPowerMw = 1000,
        Knobs = [new ProfileKnob("clock", "Hz")],
        Stages = [new ProfileStage("first"), new ProfileStage("second")],
        Variants = [new ProfileVariant("exact", 0) { StageLoss = [0, 0] }, new ProfileVariant("lowrank", 1) { StageLoss = [1, 0] }],
        Settings = [Setting(1, 4000, 2000, 3000, scale), Setting(2, 2000, 1000, 4500, scale), Setting(4, 1000, 500, 8500, scale)],
    };

    /// <summary>A plan of members with deadlines, milliseconds.</summary>
    public static CohortPlan Plan(ControlOptions? control, params double[] deadlinesMs) => new()
    {
        Name = "test",
        Folder = ".",
        Control = control ?? Exactly,
        Members = [.. deadlinesMs.Select((deadline, i) => new CohortMember($"m{i}") { Profile = "p", DeadlineUs = deadline * 1000 })],
    };

    /// <summary>No reserve, no dwell time, no cost of switching: what is calculated by hand holds exactly.</summary>
    public static ControlOptions Exactly { get; } = new() { Reserve = 0, SpreadReserve = 0, DwellUs = 0, SwitchUs = 0 };

    /// <summary>Copies of the clocked profile with deadlines.</summary>
    public static CohortSetup Setup(ControlOptions? control, params double[] deadlinesMs) =>
        Setup(Plan(control, deadlinesMs), [.. deadlinesMs.Select(_ => Clocked())]);

    public static CohortSetup Setup(CohortPlan plan, ImmutableArray<CohortProfile> profiles)
    {
        Result<CohortSetup, DocumentError> load = CohortSetup.Create(plan, profiles);
        load.Error.ShouldBeNull();
        return load.Value!;
    }

    private static ProfileSetting Setting(double clock, double first, double second, double powerMw, double scale) => new(
        [clock],
        [Times(first * scale, second * scale, powerMw), Times(first * scale / 2, second * scale, powerMw)])
    { IdlePowerMw = 1000 + (clock * 100) };

    private static StageTimes Times(double first, double second, double powerMw) => new([first, second])
    {
        StageP95Us = [first * 1.1, second * 1.1],
        StageMilliJoules = [first * powerMw * 1e-6, second * powerMw * 1e-6],
    };
}
