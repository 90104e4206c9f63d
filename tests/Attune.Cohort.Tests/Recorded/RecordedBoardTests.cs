using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Profiles;
using Attune.Cohort.Recorded;
using Attune.Cohort.Simulation;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Recorded;

public sealed class RecordedBoardTests
{
    private static readonly SimulationOptions Noiseless = new() { StageNoise = 0, JobNoise = 0, Contention = 0, Jobs = 200 };

    /// <summary>The design paper's reference results (section 2.4): energy per period in millijoules, campaign A.</summary>
    [NeedingTheory(Need.BoardTables)]
    [InlineData(12, 103.5, 102.6, 97.1, 92.5)]
    [InlineData(16, 117.7, 109.4, 101.1, 98.5)]
    [InlineData(25, 149.7, 124.7, 116.4, 113.8)]
    [InlineData(40, 203.1, 150.2, 141.9, 139.3)]
    public void Baselines_use_the_energy_that_the_paper_computed(double deadlineMs, double max, double race, double best, double oracle)
    {
        CohortProfile profile = Profile("tx2-alexnet-gpu");
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Plan(null, deadlineMs), [profile]);
        Energy(setup, "max").ShouldBe(max, max * 0.006);
        Energy(setup, "race-to-idle").ShouldBe(race, race * 0.006);
        Energy(setup, "static-best").ShouldBe(best, best * 0.006);

        // Stages are groups of slots here, so the oracle has less freedom than with all 24; it must still beat the best single setting.
        CohortComparison.OracleMjPerJob(setup).ShouldBeInRange(oracle * 0.995, best * 1.0001);
        Energy(setup, "neuos").ShouldBeLessThan(best * 1.01);
    }

    [NeedingFact(Need.BoardTables)]
    public void Every_network_of_the_folder_has_a_usable_profile()
    {
        foreach (string name in RecordedBoard.Names)
        {
            CohortProfile profile = Profile(name);
            profile.Stages.Length.ShouldBeInRange(4, 24, name);
            profile.Settings.Length.ShouldBeGreaterThan(8, name);
            profile.Origin.Contains("not measured").ShouldBe(profile.Energy == EnergySource.Estimated);
            for (int setting = 0; setting < profile.Settings.Length; setting++)
            {
                profile.TotalUs(setting, 1).ShouldBeLessThan(profile.TotalUs(setting, 0), "low rank helps as a whole");
            }
        }
    }

    [NeedingFact(Need.BoardTables)]
    public void The_fastest_setting_has_the_papers_time()
    {
        CohortProfile memory = Profile("tx2-alexnet");
        CohortProfile gpu = Profile("tx2-alexnet-gpu");
        memory.TotalUs(memory.FastestSetting(), 0).ShouldBe(19_292, 5);
        gpu.TotalUs(gpu.FastestSetting(), 0).ShouldBe(11_513, 5);
    }

    [Fact]
    public void An_unknown_network_and_a_missing_folder_are_problems()
    {
        RecordedBoard.Read("nowhere", "tx2-alexnt", 1.1).Error!.Problems[0].Known.ShouldContain("tx2-alexnet");
        RecordedBoard.Read("nowhere", "tx2-alexnet", 1.1).Error!.Problems.ShouldContain(problem => problem.Path.Contains("nowhere"));
    }

    [Theory]
    [InlineData("gpu_hz,emc_hz\n1,2\n", "slot")]
    [InlineData("gpu_hz,emc_hz,slot,layer_name,latency_us_median,energy_total_mj_mean\n1,2,0\n", "line 2")]
    [InlineData("gpu_hz,emc_hz,slot,layer_name,latency_us_median,energy_total_mj_mean\n1,2,0,a,x,1\n", "line 2, column latency_us_median: 'x' is no number")]
    [InlineData("gpu_hz,emc_hz,slot,layer_name,latency_us_median,energy_total_mj_mean\n1,2,0,a,-5,1\n", "slot 0")]
    [InlineData("gpu_hz,emc_hz,slot,layer_name,latency_us_median,energy_total_mj_mean\n1,2,0,a,5,1\n2,2,1,b,5,1\n", "rows")]
    [InlineData("", "gpu_hz")]
    public void A_damaged_table_is_refused(string text, string said)
    {
        string folder = Directory.CreateTempSubdirectory("attune-board-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "derived_tx2_alexnet_emc_by_gpu_emc.csv"), text);
            Result<CohortProfile, DocumentError> load = RecordedBoard.Read(folder, "tx2-alexnet", 1.1);
            load.Value.ShouldBeNull();
            load.Error!.Problems[0].Message.ShouldContain(said);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Energy(CohortSetup setup, string policy) => CohortFigures.Of([new CohortSimulation(setup, policy, Noiseless).Run()]).TotalMjPerJob;

    private static CohortProfile Profile(string name)
    {
        Result<CohortProfile, DocumentError> load = RecordedBoard.Read(TestData.Board, name, 1.09);
        load.Error.ShouldBeNull();
        return load.Value.ShouldNotBeNull();
    }
}
