using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Live;

/// <summary>Setups for live runs: every member has three stages and two variants, and the knob is the number of threads, 1 or 2.</summary>
internal static class LiveSetups
{
    public static CohortSetup Of(params double[] deadlinesMs)
    {
        var plan = new CohortPlan
        {
            Name = "live",
            Folder = ".",
            Members = [.. deadlinesMs.Select((deadline, i) => new CohortMember($"m{i}") { Profile = "p", DeadlineUs = deadline * 1000 })],
        };
        Result<CohortSetup, DocumentError> load = CohortSetup.Create(plan, [.. deadlinesMs.Select(_ => Profile())]);
        load.Error.ShouldBeNull();
        return load.Value!;
    }

    public static CohortProfile Profile() => new()
    {
        Network = "scripted",
        Machine = "test",
        Origin = "made for a test",
        Knobs = [new ProfileKnob("threads", "count")],
        Stages = [new ProfileStage("a"), new ProfileStage("b"), new ProfileStage("c")],
        Variants = [new ProfileVariant("exact", 0) { StageLoss = [0, 0, 0] }, new ProfileVariant("lowrank-0.5", 3) { StageLoss = [1, 2, 0] }],
        Settings =
        [
            new ProfileSetting([1], [new StageTimes([2000, 2000, 1000]), new StageTimes([1000, 1000, 1000])]),
            new ProfileSetting([2], [new StageTimes([1000, 1000, 500]), new StageTimes([500, 500, 500])]),
        ],
    };
}
