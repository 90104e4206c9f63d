using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.AutoTvm;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Simple;

public sealed class SimpleSearchTests
{
    [Fact]
    public void The_grid_goes_through_valid_points_by_index()
    {
        var space = new Space([Knob.Scale("a", [.. Enumerable.Range(0, 300)]), Knob.Scale("b", [.. Enumerable.Range(0, 300)])], point => point.Index % 3 == 0);
        ISearcher searcher = SearcherCatalog.Create("grid", space);
        searcher.Ask(3).ShouldBe([0, 3, 6]);
        searcher.Tell([new Observation(9, Outcome.Ok, 1)]);
        searcher.Ask(2).ShouldBe([12, 15]);
    }

    [Fact]
    public void Coordinate_descent_walks_down_a_bowl_step_by_step()
    {
        // time = 1 + (a - 6)^2 + (b - 3)^2 over positions: from (0, 0) every improving move changes a coordinate by one or both.
        var space = new Space([Knob.Scale("a", [.. Enumerable.Range(0, 12)]), Knob.Scale("b", [.. Enumerable.Range(0, 12)])]);
        ISearcher searcher = SearcherCatalog.Create("droplet", space);
        var asked = new List<long>();
        while (!asked.Contains(space.Encode([6, 3])) && asked.Count < 144)
        {
            long point = searcher.Ask(1)[0];
            asked.Add(point);
            searcher.Tell([new Observation(point, Outcome.Ok, TimeOf(space.Decode(point)))]);
        }

        asked[0].ShouldBe(0);

        // Six diagonal and straight rounds of at most four unknown neighbours each way.
        asked.Count.ShouldBeLessThan(60);

        static double TimeOf(int[] at) => 1 + Math.Pow(at[0] - 6, 2) + Math.Pow(at[1] - 3, 2);
    }

    [Fact]
    public void A_wider_step_leaves_a_dip_that_single_steps_cannot()
    {
        // Every second value is bad: only a step of two helps.
        var space = new Space([Knob.Scale("a", [.. Enumerable.Range(0, 15)])]);
        ISearcher searcher = SearcherCatalog.Create("droplet", space, new() { Droplet = new() { Restarts = false } });
        var asked = new List<long>();
        while (!asked.Contains(14))
        {
            long point = searcher.Ask(1)[0];
            asked.Add(point);
            searcher.Tell([new Observation(point, Outcome.Ok, point % 2 == 0 ? 100 - point : 200)]);
        }

        asked.Where(point => point % 2 == 0).ShouldBe([0, 2, 4, 6, 8, 10, 12, 14]);
    }

    [Fact]
    public void Descent_goes_on_from_the_best_point_told_before()
    {
        var space = new Space([Knob.Scale("a", [.. Enumerable.Range(0, 30)])]);
        ISearcher searcher = SearcherCatalog.Create("droplet", space);
        searcher.Tell([new Observation(4, Outcome.Ok, 9), new Observation(20, Outcome.Ok, 5), new Observation(25, Outcome.Crash, 0)]);
        searcher.Ask(2).Order().ShouldBe([19, 21]);
    }

    [Fact]
    public void Generations_of_the_genetic_algorithm_get_better_on_average()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create("ga", space, new() { Seed = 4, Genetic = new() { Population = 40 } });
        double[] mean = new double[6];
        for (int generation = 0; generation < mean.Length; generation++)
        {
            var asked = searcher.Ask(40);
            asked.ShouldBeUnique();
            mean[generation] = asked.Average(point => Landscape.TimeOf(space, point));
            searcher.Tell(Landscape.Measure(space, asked));
        }

        mean[^1].ShouldBeLessThan(mean[0]);
    }

    [Theory]
    [InlineData("ga")]
    [InlineData("droplet")]
    [InlineData("autotvm")]
    public void A_space_of_one_point_is_asked_once(string name)
    {
        var space = new Space([Knob.Scale("a", 3), Knob.Choice("b", "only")]);
        ISearcher searcher = SearcherCatalog.Create(name, space);
        searcher.Ask(5).ShouldBe([0]);
        searcher.Tell([new Observation(0, Outcome.Ok, 1)]);
        searcher.Ask(5).ShouldBeEmpty();
    }

    [Fact]
    public void Options_bind_by_name()
    {
        SearcherCatalog.Bind("autotvm", new(), ["plan-size=16", "quirks=on"]).Value!.AutoTvm.ShouldBe(new AutoTvmOptions { PlanSize = 16, Quirks = true });
        SearcherCatalog.Bind("ga", new(), ["population=7"]).Value!.Genetic.Population.ShouldBe(7);
        SearcherCatalog.Bind("droplet", new(), ["least-gain=0"]).Value!.Droplet.MinGain.ShouldBe(0);
        Should.Throw<ArgumentException>(
            () => SearcherCatalog.Create("ga", Landscape.MakeSpace(), new() { Genetic = new() { Population = 1 } })).Message.ShouldContain("population");
    }
}
