using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Simulation;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Decision;

public sealed class DecisionFileTests
{
    private static readonly CohortSetup Setup = SmallProfiles.Setup(new ControlOptions(), 3, 4, 8);

    [Fact]
    public void A_decision_that_was_written_is_read_to_the_bit()
    {
        DecisionEntry[] entries = Simulated();
        DecisionEntry odd = entries[0] with
        {
            Inputs = [entries[0].Inputs[0] with { Need = double.PositiveInfinity, LagUs = -1.0 / 3, Running = true }, .. entries[0].Inputs[1..]],
            Member = 0,
            Removed = [0],
        };
        DecisionEntry[] written = [odd, .. entries];
        var problems = new List<DocumentProblem>();
        DecisionEntry[] read = [.. DecisionFile.Read(
            written.Select(DecisionFile.Line).Prepend(DecisionFile.Header(Setup, PolicyCatalog.NeuOs)), Setup, problems.Add)];
        problems.ShouldBeEmpty();
        read.Length.ShouldBe(written.Length);
        foreach ((DecisionEntry before, DecisionEntry after) in written.Zip(read))
        {
            (after with { Inputs = [], Removed = [] }).ShouldBe(before with { Inputs = [], Removed = [] });
            after.Removed.ShouldBe(before.Removed);
            after.Inputs.Zip(before.Inputs).ShouldAllBe(pair => pair.Second.Running ? pair.First == pair.Second : !pair.First.Running);
        }
    }

    [Fact]
    public void Decisions_read_back_come_out_the_same()
    {
        DecisionCheck check = DecisionCheck.Of(Simulated().Select(DecisionFile.Line).Prepend(DecisionFile.Header(Setup, PolicyCatalog.NeuOs)), Setup, keep: 5);
        check.Problems.ShouldBeEmpty();
        check.Decisions.ShouldBe(500);
        check.Different.ShouldBe(0);
        check.Last.Length.ShouldBe(5);
    }

    [Fact]
    public void A_decision_that_was_tampered_with_is_found()
    {
        DecisionEntry[] entries = Simulated();
        int other = entries[7].Wish == 1 ? 2 : 1;
        entries[7] = entries[7] with { Wish = other };
        DecisionCheck check = DecisionCheck.Of(entries.Select(DecisionFile.Line).Prepend(DecisionFile.Header(Setup, PolicyCatalog.NeuOs)), Setup, keep: 0);
        check.Different.ShouldBe(1);
        check.First.ShouldNotBeNull().NowUs.ShouldBe(entries[7].NowUs);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "an object is expected")]
    [InlineData("""{"us":1,"member":9}""", "member")]
    [InlineData("""{"us":1,"member":0,"mode":"balancd"}""", "mode")]
    [InlineData("""{"us":1,"member":0,"mode":"balanced","applied":0,"after":0,"variant":0,"members":[[99,0,1,1,1],null,null]}""", "stage below")]
    [InlineData("""{"us":1,"member":0,"mode":"balanced","applied":0,"after":0,"variant":0,"members":[[0,0,1,1,1]]}""", "1 members")]
    [InlineData("""{"us":1,"member":0,"mode":"balanced","applied":0,"after":0,"variant":0,"members":[null,null,null]}""", "had no job")]
    [InlineData(
        """{"us":1,"member":0,"mode":"balanced","applied":0,"after":0,"variant":0,"removed":[0,1,2],"members":[[0,0,1,1,1],null,null]}""",
        "no setting is left")]
    [InlineData("""{"us":1,"member":0,"mode":"balanced","applied":77,"after":0,"variant":0,"members":[[0,0,1,1,1],null,null]}""", "applied")]
    public void A_damaged_line_is_named(string line, string problem)
    {
        DecisionCheck check = DecisionCheck.Of([DecisionFile.Header(Setup, PolicyCatalog.NeuOs), line], Setup, keep: 1);
        check.Problems.ShouldContain(each => each.ToString().Contains("line 2") && each.ToString().Contains(problem));
    }

    [Fact]
    public void The_log_of_another_cohort_is_refused()
    {
        DecisionCheck.Of(
            [DecisionFile.Header(SmallProfiles.Setup(new ControlOptions(), 3, 4), PolicyCatalog.NeuOs)],
            Setup,
            0).Problems.ShouldHaveSingleItem().Message.ShouldContain("the plan of");
        DecisionCheck.Of([DecisionFile.Header(Setup, "max")], Setup, 0).Problems.ShouldHaveSingleItem().Message.ShouldContain("max");
        DecisionCheck.Of([], Setup, 0).Problems.ShouldHaveSingleItem().Message.ShouldContain("empty");
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Random(7);
        string line = DecisionFile.Line(Simulated()[3]);
        string header = DecisionFile.Header(Setup, PolicyCatalog.NeuOs);
        for (int i = 0; i < 2000; i++)
        {
            char[] damaged = line.ToCharArray();
            for (int hits = random.Next(1, 6); hits > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = (char)random.Next(32, 127);
            }

            string text = new(damaged, 0, random.Next(1, damaged.Length + 1));
            DecisionCheck check = DecisionCheck.Of([header, text], Setup, 1);
            (check.Problems.Length > 0 || check.Decisions == 1).ShouldBeTrue(text);
        }
    }

    private static DecisionEntry[] Simulated()
    {
        var log = new DecisionLog(500, 3);
        new CohortSimulation(Setup, PolicyCatalog.NeuOs, new SimulationOptions { Jobs = 200, Contention = 0.5 }, CohortMode.Balanced, log).Run();
        return [.. log.Entries()];
    }
}
