using System.Text;
using Attune.Cohort.Admission;
using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Metrics;
using Attune.Cohort.Policies;
using Attune.Cohort.Profiles;
using Attune.Cohort.Profiling;
using Attune.Cohort.Simulation;
using Attune.Cohort.Tests.Live;

namespace Attune.Cohort.Tests.Profiling;

public sealed class ContentionTests
{
    [Fact]
    public void Two_that_take_turns_on_one_processor_take_twice_as_long()
    {
        // Every stage takes a millisecond of the one processor, whoever's it is, by the clock that is looked at; the wait is for the other to ask again.
        var clock = new ManualClock();
        double? factor = Measure(clock, _ =>
        {
            Thread.Sleep(10);
            clock.Advance(1);
        });
        factor.ShouldNotBeNull().ShouldBeInRange(1.6, 2.4);
    }

    [Fact]
    public void Nothing_is_known_where_a_run_fails() =>
        Measure(new ManualClock(), _ => throw new InvalidOperationException("broken")).ShouldBeNull();

    [Fact]
    public void What_is_written_is_read_again_and_profiles_of_before_have_none()
    {
        CohortProfile before = SmallProfiles.Clocked();
        before.HasContention.ShouldBeFalse();
        ReadAgain(before).HasContention.ShouldBeFalse();
        CohortProfile read = ReadAgain(Contended(1.25, 1.5, 2));
        read.Settings.Select(setting => setting.Contention).ShouldBe([1.25, 1.5, 2]);
        read.HasContention.ShouldBeTrue();
        ReadAgain(before with { Settings = [before.Settings[0] with { Contention = 1.5 }, .. before.Settings[1..]] }).HasContention.ShouldBeFalse();
    }

    [Theory]
    [InlineData("0.9")]
    [InlineData("17")]
    [InlineData("\"much\"")]
    public void A_factor_outside_its_range_is_refused_with_its_place(string value)
    {
        string text = Text(Contended(1.25, 1.5, 2)).Replace("\"contention\": 1.5", $"\"contention\": {value}", StringComparison.Ordinal);
        ProfileFile.Parse(Encoding.UTF8.GetBytes(text)).Error.ShouldNotBeNull().Problems
            .ShouldContain(problem => problem.Path == "settings[1].contention");
    }

    [Theory]
    [InlineData(null, 2.0)]
    [InlineData(0.5, 1.5)]
    [InlineData(0.0, 1.0)]
    public void Admission_takes_what_was_measured_unless_it_is_told(double? told, double slowdown)
    {
        // The fastest setting takes 1.5 ms alone and twice that beside another.
        CohortSetup setup = Setup(Contended(1.25, 1.5, 2), 2.5, 10);
        CohortAdmission.Check(setup, told).ShouldAllBe(member => Math.Abs(member.ExactUs - (1500 * slowdown)) < 1e-6);
    }

    [Fact]
    public void Without_a_measurement_the_usual_share_is_taken()
    {
        CohortSetup setup = Setup(SmallProfiles.Clocked(), 2.5, 10);
        CohortAdmission.Check(setup, null).ShouldAllBe(member => Math.Abs(member.ExactUs - (1500 * (1 + CohortSetup.UsualContention))) < 1e-6);
    }

    [Fact]
    public void Three_slow_each_other_down_by_twice_the_share_of_two()
    {
        CohortSetup setup = Setup(Contended(1.25, 1.5, 2), 10, 10, 10);
        setup.SlowdownOf(0, 0, 1, null).ShouldBe(1);
        setup.SlowdownOf(0, 0, 3, null).ShouldBe(1.5);
        setup.SlowdownOf(0, 1, 2, null).ShouldBe(1.5);
        setup.SlowdownOf(0, 1, 3, 0.1).ShouldBe(1.2, 1e-12);
    }

    [Fact]
    public void A_simulation_at_the_measured_factor_is_the_one_that_is_told_it()
    {
        var noiseless = new SimulationOptions { StageNoise = 0, JobNoise = 0, Jobs = 300 };
        CohortSetup setup = Setup(Contended(2, 2, 2), 4, 4);
        double Response(SimulationOptions options) => CohortFigures.Of([new CohortSimulation(setup, "max", options).Run()]).MeanResponseMs;
        Response(noiseless).ShouldBe(Response(noiseless with { Contention = 1 }), 1e-9);
        Response(noiseless).ShouldBeGreaterThan(Response(noiseless with { Contention = 0 }));
    }

    [Fact]
    public void The_controller_begins_with_what_was_measured_and_learns_on_from_there()
    {
        CohortSetup setup = Setup(Contended(2, 2, 2), 40, 40);
        var controller = new CohortController("max", new PolicyContext(setup));
        controller.Release(0, 0, 0);
        controller.Slowdown(0).ShouldBe(1);
        controller.Release(1, 0, 0);
        controller.Slowdown(1).ShouldBe(2);

        // Its first stage takes 1 ms in the table and 3 ms beside the other: a quarter of the way from 2 to 3.
        controller.Boundary(1, 3000);
        controller.Slowdown(1).ShouldBe(2.25, 1e-9);
    }

    private static double? Measure(ManualClock clock, Action<int> act)
    {
        CohortSetup setup = ContentionMeasurement.SetupOf(LiveSetups.Profile() with { Settings = [LiveSetups.Profile().Settings[0]] });
        using var cohort = new RunningCohort(
            setup,
            [new ScriptedNetwork(3, act), new ScriptedNetwork(3, act)],
            PolicyStageController.Create(setup, "max"),
            new RunningCohortOptions { Processors = 1, Clock = clock });
        return ContentionMeasurement.Factor(cohort, [1], 3, "test", null, CancellationToken.None);
    }

    private static CohortSetup Setup(CohortProfile profile, params double[] deadlinesMs) =>
        SmallProfiles.Setup(SmallProfiles.Plan(null, deadlinesMs), [.. deadlinesMs.Select(_ => profile)]);

    private static CohortProfile Contended(params double[] factors)
    {
        CohortProfile plain = SmallProfiles.Clocked();
        return plain with { Settings = [.. plain.Settings.Zip(factors, (setting, factor) => setting with { Contention = factor })] };
    }

    private static CohortProfile ReadAgain(CohortProfile profile) => ProfileFile.Parse(Encoding.UTF8.GetBytes(Text(profile))).Value.ShouldNotBeNull();

    private static string Text(CohortProfile profile)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.json");
        try
        {
            ProfileFile.Write(path, profile);
            return File.ReadAllText(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
