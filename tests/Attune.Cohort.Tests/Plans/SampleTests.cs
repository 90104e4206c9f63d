using Attune.Cohort.Admission;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Profiles;
using Attune.Cohort.Recorded;
using Attune.Cohort.Simulation;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Plans;

/// <summary>The plans in samples/cohort work as they are.</summary>
public sealed class SampleTests
{
    private static string Folder => Repository.PathOf("samples", "cohort");

    [Fact]
    public void Both_plans_can_be_read()
    {
        foreach (string name in new[] { "here.json", "board.json" })
        {
            Result<CohortPlan, DocumentError> load = PlanFile.Read(Path.Combine(Folder, name));
            load.Error.ShouldBeNull();
            load.Value!.Members.Length.ShouldBe(4);
        }
    }

    [Fact]
    public void The_plan_with_profiles_of_its_own_keeps_its_deadlines()
    {
        CohortPlan plan = PlanFile.Read(Path.Combine(Folder, "here.json")).Value!;
        CohortProfile[] profiles = [.. plan.Members.Select(member =>
        {
            Result<CohortProfile, DocumentError> load = ProfileFile.Read(plan.PathOf(member.Profile!));
            load.Error.ShouldBeNull();
            return load.Value!;
        })];
        CohortSetup setup = SmallProfiles.Setup(plan, [.. profiles]);
        CohortAdmission.Check(setup, contention: 0.5).ShouldAllBe(member => member.Verdict == AdmissionVerdict.Exact);
        CohortFigures figures = CohortFigures.Of(
            [new CohortSimulation(setup, PolicyCatalog.NeuOs, new SimulationOptions { Contention = 0.5, Jobs = 400 }).Run()]);
        figures.MissRate.Rate.ShouldBeLessThan(CohortComparison.KeptMissRate);
        figures.TotalMjPerJob.ShouldBe(double.NaN, "no meter, no energies");
    }

    [Fact]
    public void The_plan_on_recorded_tables_names_tables_that_there_are() =>
        PlanFile.Read(Path.Combine(Folder, "board.json")).Value!.Members.Select(member => member.Tables!).ShouldBeSubsetOf(RecordedBoard.Names);
}
