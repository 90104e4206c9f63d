using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Live;

public sealed class PlanWatchTests : IDisposable
{
    private const string Good = """{ "schema": 1, "members": [ { "name": "m0", "model": "a.attune", "profile": "p", "deadline_ms": 50 } ] }""";
    private readonly string path = Path.Combine(Path.GetTempPath(), $"attune-plan-{Guid.NewGuid():N}.json");
    private readonly List<string> told = [];
    private readonly ScriptedController controller = new();
    private int writes;
    private LivePlan? plan;

    [Fact]
    public void A_changed_mode_and_deadline_are_taken_over()
    {
        using RunningCohort cohort = Start(out PlanWatch watch);
        watch.Look();
        told.ShouldBeEmpty();
        Write(Good.Replace("\"members\"", "\"mode\": \"max-accuracy\", \"members\"", StringComparison.Ordinal).Replace("50", "70", StringComparison.Ordinal));
        watch.Look();
        controller.Mode.ShouldBe(CohortMode.MaxAccuracy);
        controller.Calls.ShouldContain("deadline 0 70000 70000");
        plan!.PeriodUs(0).ShouldBe(70_000);
        told.Count.ShouldBe(2);
        watch.Look();
        told.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("{ nonsense", "cannot be used")]
    [InlineData("""{ "schema": 1, "members": [] }""", "cannot be used")]
    [InlineData("""{ "schema": 1, "members": [ { "name": "m0", "model": "b.attune", "profile": "p", "deadline_ms": 50 } ] }""", "other members")]
    [InlineData("""{ "schema": 1, "meter": "rapl", "members": [ { "name": "m0", "model": "a.attune", "profile": "p", "deadline_ms": 50 } ] }""", "meter")]
    public void What_cannot_be_taken_over_leaves_the_old_plan_and_is_named(string text, string why)
    {
        using RunningCohort cohort = Start(out PlanWatch watch);
        Write(text);
        watch.Look();
        told.ShouldHaveSingleItem().ShouldContain(why);
        told[0].ShouldContain("the old one stays");
        controller.Calls.ShouldBeEmpty();
        Write(Good.Replace("50", "90", StringComparison.Ordinal));
        watch.Look();
        controller.Calls.ShouldContain("deadline 0 90000 90000");
    }

    [Fact]
    public void A_plan_that_is_deleted_leaves_the_old_one()
    {
        using RunningCohort cohort = Start(out PlanWatch watch);
        File.Delete(path);
        watch.Look();
        told.ShouldHaveSingleItem().ShouldContain("the old one stays");
    }

    public void Dispose() => File.Delete(path);

    private RunningCohort Start(out PlanWatch watch)
    {
        Write(Good);
        Result<CohortPlan, DocumentError> load = PlanFile.Read(path);
        load.Error.ShouldBeNull();
        CohortSetup setup = CohortSetup.Create(load.Value!, [LiveSetups.Profile()]).Value.ShouldNotBeNull();
        var cohort = new RunningCohort(setup, [new ScriptedNetwork(3)], controller, new RunningCohortOptions { Processors = 1 });
        plan = new LivePlan(cohort);
        watch = new PlanWatch(path, plan, told.Add);
        return cohort;
    }

    // Two writes within the resolution of the clock of files must differ too.
    private void Write(string text)
    {
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddHours(++writes));
    }
}
