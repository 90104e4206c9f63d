using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Contracts.Searchers;

/// <summary>What every searcher must do. A new one inherits this by a class that makes it.</summary>
public abstract class SearcherContract
{
    /// <summary>True for those that draw lots; the others walk the same way whatever the seed, at least at first.</summary>
    protected virtual bool DrawsLots => true;

    /// <summary>A new searcher.</summary>
    protected abstract ISearcher Create(Space space, SearcherOptions options);

    [Fact]
    public void Asked_points_are_distinct_and_valid_and_the_start_comes_first()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = Create(space, new() { Start = Landscape.Start, ExpectedTrials = 100 });
        var asked = new List<long>();
        while (asked.Count < 100)
        {
            ImmutableArray<long> batch = searcher.Ask(7);
            batch.Length.ShouldBe(7);
            asked.AddRange(batch);
            searcher.Tell(Landscape.Measure(space, batch));
        }

        asked[0].ShouldBe(Landscape.Start);
        asked.ShouldBeUnique();
        asked.ShouldAllBe(point => space.IsValid(point));
    }

    [Fact]
    public void Equal_seeds_give_equal_searches_and_other_seeds_others()
    {
        long[] walked = Trajectory(seed: 4);
        Trajectory(seed: 4).ShouldBe(walked);
        if (DrawsLots)
        {
            Trajectory(seed: 5).ShouldNotBe(walked);
        }

        long[] Trajectory(int seed)
        {
            Space space = Landscape.MakeSpace();
            return [.. Landscape.Search(Create(space, new() { Seed = seed }), space, trials: 60, batch: 4)];
        }
    }

    [Fact]
    public void A_small_space_is_exhausted_exactly_and_then_nothing_is_asked()
    {
        var space = new Space([Knob.Scale("a", 1, 2, 4, 8), Knob.Choice("b", "x", "y", "z")], point => point.Index != 5);
        ISearcher searcher = Create(space, new() { Start = 5 });
        var asked = new List<long>();
        for (int i = 0; i < 10; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(4);
            asked.AddRange(batch);
            searcher.Tell([.. batch.Select(point => new Observation(point, Outcome.Ok, 1 + point))]);
        }

        asked.Order().ShouldBe(Enumerable.Range(0, 12).Where(i => i != 5).Select(i => (long)i));
        searcher.Ask(4).ShouldBeEmpty();
    }

    [Fact]
    public void Pending_points_are_not_asked_again()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = Create(space, new() { InitialPoints = 8 });
        ImmutableArray<long> first = searcher.Ask(20);
        searcher.Tell(Landscape.Measure(space, first[..10]));
        ImmutableArray<long> second = searcher.Ask(20);
        second.ShouldNotContain(point => first.Contains(point));
        searcher.Tell(Landscape.Measure(space, [.. first[10..], .. second]));
        searcher.Ask(20).ShouldNotContain(point => first.Contains(point) || second.Contains(point));
    }

    [Fact]
    public void Points_told_from_elsewhere_are_known()
    {
        Space space = Landscape.MakeSpace();
        long[] told = [.. Landscape.Search(SearcherCatalog.Create("random", space, new() { Seed = 9 }), space, trials: 40, batch: 8)];
        ISearcher searcher = Create(space, new());
        searcher.Tell(Landscape.Measure(space, [.. told]));
        searcher.Tell(Landscape.Measure(space, [.. told]));
        for (int i = 0; i < 5; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(6);
            batch.ShouldNotContain(point => told.Contains(point));
            searcher.Tell(Landscape.Measure(space, batch));
        }
    }

    [Fact]
    public void A_task_where_everything_fails_is_searched_on()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = Create(space, new());
        for (int i = 0; i < 12; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(8);
            batch.Length.ShouldBe(8);
            searcher.Tell([.. batch.Select(point => new Observation(point, Outcome.CompileError, double.PositiveInfinity))]);
        }
    }
}
