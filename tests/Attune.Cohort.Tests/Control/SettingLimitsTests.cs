using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Tests.Control;

public sealed class SettingLimitsTests
{
    [Fact]
    public void A_setting_that_cannot_be_had_is_never_chosen_and_comes_back()
    {
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Exactly, 2);
        int fastest = setup.FastestSetting;
        var controller = new CohortController(PolicyCatalog.NeuOs, new PolicyContext(setup));
        controller.Release(0, 0, 0);
        controller.Applied.ShouldBe(fastest, "of 2 ms the first stage takes 1 at the fastest setting, 2 at the next");
        int instead = controller.Limit(SettingLimits.Of(setup, [fastest]));
        instead.ShouldBeInRange(0, setup.Settings - 1);
        instead.ShouldNotBe(fastest);
        controller.Applied.ShouldBe(instead);
        controller.Boundary(0, 1000);
        controller.Applied.ShouldNotBe(fastest);
        controller.Complete(0, 6000);
        controller.Limit(null).ShouldBe(StageChoice.Keep, "what is in force can be had");
        controller.Release(0, 10_000, 10_000).Setting.ShouldBe(fastest);
    }

    [Theory]
    [InlineData("neuos")]
    [InlineData("predjoule")]
    [InlineData("predjoule-table")]
    [InlineData("apnet")]
    [InlineData("poet")]
    [InlineData("max")]
    [InlineData("race-to-idle")]
    [InlineData("static-best")]
    [InlineData("oracle")]
    [InlineData("all-out")]
    public void No_policy_gets_what_cannot_be_had(string policy)
    {
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Exactly, 3, 5);
        var controller = new CohortController(policy, new PolicyContext(setup));
        controller.Limit(SettingLimits.Of(setup, [setup.FastestSetting]));
        double now = 0;
        for (int job = 0; job < 30; job++)
        {
            foreach (int member in new[] { 0, 1 })
            {
                controller.Release(member, now, now);
                controller.Applied.ShouldNotBe(setup.FastestSetting);
                for (int stage = 1; stage < setup.Members[member].Profile.Stages.Length; stage++)
                {
                    controller.Boundary(member, now += 1200);
                    controller.Applied.ShouldNotBe(setup.FastestSetting);
                }
            }

            controller.Complete(0, now += 900);
            controller.Complete(1, now += 900);
        }
    }

    [Fact]
    public void Limited_decisions_are_replayed_under_their_limits()
    {
        CohortSetup setup = SmallProfiles.Setup(new ControlOptions(), 3, 4);
        var log = new DecisionLog(16, 2);
        var controller = new CohortController(PolicyCatalog.NeuOs, new PolicyContext(setup), log);
        controller.Limit(SettingLimits.Of(setup, [setup.FastestSetting]));
        controller.Release(0, 0, 0);
        controller.Release(1, 0, 100);
        controller.Boundary(0, 2500);
        DecisionEntry[] entries = [.. log.Entries()];
        entries.Length.ShouldBe(3);
        entries.ShouldAllBe(entry => entry.Removed.SequenceEqual(new[] { setup.FastestSetting }));
        entries.ShouldAllBe(entry => DecisionLog.Replay(entry, setup));
        DecisionExplanation.Of(entries[2], setup).ShouldContain(line => line.Contains("1 of 3 settings are unavailable"));
    }

    [Fact]
    public void At_least_one_setting_is_left()
    {
        CohortSetup setup = SmallProfiles.Setup(new ControlOptions(), 3);
        SettingLimits.Of(setup, []).ShouldBeNull();
        Should.Throw<ArgumentException>(() => SettingLimits.Of(setup, Enumerable.Range(0, setup.Settings)));
        Should.Throw<ArgumentException>(() => SettingLimits.Of(setup, [setup.Settings]));
        SettingLimits limits = SettingLimits.Of(setup, [0, 0]).ShouldNotBeNull();
        limits.Removed.ShouldBe([0]);
        limits.Instead(1).ShouldBe(1);
        limits.Instead(0).ShouldNotBe(0);
    }
}
