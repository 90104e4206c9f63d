using System.Text;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Plans;

public sealed class PlanFileTests
{
    private const string Good = """
        {
          // Comments and trailing commas are welcome.
          "schema": 1,
          "name": "two",
          "mode": "max-accuracy",
          "knobs": ["threads"],
          "meter": "none",
          "control": { "horizon": "next", "cost": "power", "strict": true, "guard": 0.01, "reserve": 0.05, "spread_reserve": 2, "miss_reserve": 0.2, "dwell_ms": 3, "switch_us": 10, "abort_late": true },
          "members": [
            { "name": "a", "model": "a.attune", "profile": "a.json", "deadline_ms": 20, "period_ms": 25, "weight": 3 },
            { "name": "b", "tables": "tx2-alexnet", "deadline_factor": 1.5, "count": 2 },
          ],
        }
        """;

    [Fact]
    public void Every_field_is_read()
    {
        CohortPlan plan = Parse(Good).Value!;
        plan.Name.ShouldBe("two");
        plan.Mode.ShouldBe(CohortMode.MaxAccuracy);
        plan.Knobs.ShouldBe(["threads"]);
        plan.Meter.ShouldBe("none");
        plan.Control.ShouldBe(new ControlOptions
        {
            Horizon = RecoveryHorizon.NextStage,
            Cost = CostMeasure.Power,
            Strict = true,
            Guard = 0.01,
            Reserve = 0.05,
            SpreadReserve = 2,
            MissReserve = 0.2,
            DwellUs = 3000,
            SwitchUs = 10,
            AbortLate = true,
        });
        plan.Members.Select(member => member.Name).ShouldBe(["a", "b-1", "b-2"]);
        plan.Members[0].ShouldBe(new CohortMember("a") { Model = "a.attune", Profile = "a.json", DeadlineUs = 20_000, PeriodUs = 25_000, Weight = 3 });
        plan.Members[2].DeadlineFor(1000).ShouldBe(1500);
        plan.PathOf("a.json").ShouldBe("/plans/a.json");
    }

    [Theory]
    [InlineData("\"mode\": \"max-accuracy\"", "\"mode\": \"max-acuracy\"", "mode", "max-acuracy")]
    [InlineData("\"deadline_ms\": 20", "\"deadline\": 20", "members[0].deadline", "deadline")]
    [InlineData("\"guard\": 0.01", "\"gaurd\": 0.01", "control.gaurd", "gaurd")]
    [InlineData("\"meter\": \"none\"", "\"meter\": \"rpal\"", "meter", "rpal")]
    public void An_unknown_word_comes_with_those_that_are_known(string old, string changed, string path, string unknown)
    {
        Result<CohortPlan, DocumentError> load = Parse(Good.Replace(old, changed));
        load.Value.ShouldBeNull();
        DocumentProblem problem = load.Error!.Problems.First(each => each.Path == path);
        problem.Unknown.ShouldBe(unknown);
        problem.Known.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 7", "schema")]
    [InlineData("\"deadline_ms\": 20", "\"deadline_ms\": -1", "members[0].deadline_ms")]
    [InlineData("\"deadline_ms\": 20", "\"deadline_ms\": \"20\"", "members[0].deadline_ms")]
    [InlineData("\"period_ms\": 25", "\"period_ms\": 19", "members[0].period_ms")]
    [InlineData("\"weight\": 3", "\"weight\": 1.5", "members[0].weight")]
    [InlineData("\"weight\": 3", "\"weight\": 0", "members[0].weight")]
    [InlineData("\"profile\": \"a.json\"", "\"profile\": \"a.json\", \"tables\": \"t\"", "members[0]")]
    [InlineData("\"deadline_factor\": 1.5", "\"deadline_factor\": 1.5, \"deadline_ms\": 3", "members[1]")]
    [InlineData("\"count\": 2", "\"count\": 16", "members")]
    [InlineData("\"name\": \"b\", \"tables\": \"tx2-alexnet\", "
        + "\"deadline_factor\": 1.5, \"count\": 2", "\"name\": \"a\", \"tables\": \"t\", \"deadline_ms\": 2", "members")]
    [InlineData("\"strict\": true", "\"strict\": 1", "control.strict")]
    [InlineData("[\"threads\"]", "[3]", "knobs")]
    [InlineData("[\"threads\"]", "\"threads\"", "knobs")]
    public void Whatever_is_wrong_is_named_with_its_place(string old, string changed, string path)
    {
        Good.ShouldContain(old);
        Result<CohortPlan, DocumentError> load = Parse(Good.Replace(old, changed));
        load.Value.ShouldBeNull();
        load.Error!.Problems.ShouldContain(problem => problem.Path == path, string.Join('\n', load.Error!.Problems));
    }

    [Fact]
    public void All_problems_are_reported_together() =>
        Parse(Good.Replace("max-accuracy", "x").Replace("\"weight\": 3", "\"weight\": 0").Replace("0.05", "0.9")).Error!.Problems.Length.ShouldBe(3);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"schema\": 1, \"members\": []}")]
    [InlineData("{\"schema\": 1}")]
    [InlineData("{\"schema\": 1, \"members\": [3]}")]
    public void What_is_no_plan_is_refused(string text)
    {
        Result<CohortPlan, DocumentError> load = Parse(text);
        load.Value.ShouldBeNull();
        load.Error!.Problems.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_plan_must_fit_its_profiles()
    {
        CohortProfile profile = SmallProfiles.Clocked();
        CohortPlan plan = SmallProfiles.Plan(null, 4, 5);
        CohortSetup.Create(plan with { Knobs = ["clok"] }, [profile, profile]).Error!.Problems.ShouldContain(
            problem => problem.Unknown == "clok" && problem.Known.Contains("clock"));
        CohortSetup.Create(plan, [profile, profile with { Machine = "other" }]).Error!.Problems.ShouldContain(problem => problem.Path == "members[1]");
        CohortSetup.Create(
            plan,
            [profile, profile with { Knobs = [new ProfileKnob("threads", "count")] }]).Error!.Problems.ShouldContain(problem => problem.Path == "members[1]");
        CohortSetup.Create(plan, [profile with { Settings = profile.Settings[..1] }, profile with { Settings = profile.Settings[1..] }]).Error!.Problems
            .ShouldContain(problem => problem.Message.Contains("no setting in common"));
        CohortSetup.Create(
            plan with { Control = new ControlOptions { Guard = 3 } },
            [profile, profile]).Error!.Problems.ShouldContain(problem => problem.Path == "control.guard");
        CohortSetup.Create(
            plan with { Members = [plan.Members[0] with { DeadlineUs = null, DeadlineFactor = 2, PeriodUs = 1000 }, plan.Members[1]] },
            [profile, profile]).Error!.Problems.ShouldContain(problem => problem.Path == "members[0].period_ms");
    }

    [Fact]
    public void A_knob_that_is_not_allowed_stays_where_the_network_is_fastest()
    {
        CohortProfile profile = SmallProfiles.Clocked();
        CohortProfile two = profile with
        {
            Knobs = [.. profile.Knobs, new ProfileKnob("threads", "count")],
            Settings = [.. profile.Settings.Select(setting => setting with { Values = [.. setting.Values, 1] }), .. SmallProfiles.Clocked(0.5).Settings.Select(
                setting => setting with { Values = [.. setting.Values, 2] })],
        };
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Plan(null, 4) with { Knobs = ["clock"] }, [two]);
        Enumerable.Range(0, setup.Settings).Select(setup.SettingText).ShouldBe(["clock=1 threads=2", "clock=2 threads=2", "clock=4 threads=2"]);
    }

    private static Result<CohortPlan, DocumentError> Parse(string text) => PlanFile.Parse(Encoding.UTF8.GetBytes(text), "/plans");
}
