using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;

namespace Attune.Tuning.Tests.Search;

/// <summary>What every searcher of the catalog must do.</summary>
public sealed class SearcherTests
{
    public static TheoryData<string> Names => [.. SearcherCatalog.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Asked_points_are_distinct_and_valid_and_the_start_comes_first(string name)
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create(name, space, new() { Start = Landscape.Start, ExpectedTrials = 100 });
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

    /// <summary>Those that draw lots; the others walk the same way whatever the seed, at least at first.</summary>
    public static TheoryData<string> Chancy => [.. SearcherCatalog.Names.Except(["grid", "droplet"])];

    [Theory]
    [MemberData(nameof(Chancy))]
    public void Equal_seeds_give_equal_searches_and_other_seeds_others(string name)
    {
        Trajectory(seed: 4).ShouldBe(Trajectory(seed: 4));
        Trajectory(seed: 4).ShouldNotBe(Trajectory(seed: 5));

        long[] Trajectory(int seed)
        {
            Space space = Landscape.MakeSpace();
            return [.. Landscape.Search(SearcherCatalog.Create(name, space, new() { Seed = seed }), space, trials: 60, batch: 4)];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_small_space_is_exhausted_exactly_and_then_nothing_is_asked(string name)
    {
        var space = new Space([Knob.Scale("a", 1, 2, 4, 8), Knob.Choice("b", "x", "y", "z")], point => point.Index != 5);
        ISearcher searcher = SearcherCatalog.Create(name, space, new() { Start = 5 });
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

    [Theory]
    [MemberData(nameof(Names))]
    public void Pending_points_are_not_asked_again(string name)
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create(name, space, new() { InitialPoints = 8 });
        ImmutableArray<long> first = searcher.Ask(20);
        searcher.Tell(Landscape.Measure(space, first[..10]));
        ImmutableArray<long> second = searcher.Ask(20);
        second.ShouldNotContain(point => first.Contains(point));
        searcher.Tell(Landscape.Measure(space, [.. first[10..], .. second]));
        searcher.Ask(20).ShouldNotContain(point => first.Contains(point) || second.Contains(point));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Points_told_from_elsewhere_are_known(string name)
    {
        Space space = Landscape.MakeSpace();
        long[] told = [.. Landscape.Search(SearcherCatalog.Create("random", space, new() { Seed = 9 }), space, trials: 40, batch: 8)];
        ISearcher searcher = SearcherCatalog.Create(name, space);
        searcher.Tell(Landscape.Measure(space, [.. told]));
        searcher.Tell(Landscape.Measure(space, [.. told]));
        for (int i = 0; i < 5; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(6);
            batch.ShouldNotContain(point => told.Contains(point));
            searcher.Tell(Landscape.Measure(space, batch));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_task_where_everything_fails_is_searched_on(string name)
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create(name, space);
        for (int i = 0; i < 12; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(8);
            batch.Length.ShouldBe(8);
            searcher.Tell([.. batch.Select(point => new Observation(point, Outcome.CompileError, double.PositiveInfinity))]);
        }
    }

    [Fact]
    public void Failures_are_avoided_once_seen()
    {
        // Whatever has a = 32 or more fails to compile; it makes up 2/7 of the space.
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create(SearcherCatalog.Default, space, new() { Seed = 3 });
        var failures = new List<int>();
        for (int i = 0; i < 12; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(8);
            failures.Add(batch.Count(Fails));
            searcher.Tell([.. batch.Select(point => Fails(point) ? new Observation(point, Outcome.CompileError, 0) : Landscape.Observe(space, point))]);
        }

        failures[..2].Sum().ShouldBeGreaterThan(0);
        failures[^4..].Sum().ShouldBeLessThanOrEqualTo(3);

        bool Fails(long point) => space[point].Value("a") >= 32;
    }

    [Theory]
    [InlineData("bao")]
    [InlineData("bted+bao")]
    [Trait(Category.Name, Category.Slow)]
    public void Models_find_the_valley_of_a_smooth_landscape_sooner_than_chance(string name)
    {
        Space space = Landscape.MakeSpace();
        double model = Enumerable.Range(1, 5).Average(seed => BestOf(name, seed));
        double random = Enumerable.Range(1, 5).Average(seed => BestOf("random", seed));
        model.ShouldBeLessThan(random);

        double BestOf(string searcher, int seed) =>
            Landscape.Search(SearcherCatalog.Create(searcher, space, new() { Seed = seed, ExpectedTrials = 64 }), space, trials: 64, batch: 4).Min(point => Landscape.TimeOf(space, point));
    }

    [Fact]
    public void The_printed_algorithm_runs_too()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create("bted+bao", space, new() { InitialPoints = 16, Bao = BaoOptions.Paper, Bted = BtedOptions.Paper });
        Landscape.Search(searcher, space, trials: 24, batch: 1).Distinct().Count().ShouldBe(24);
    }

    [Fact]
    public void A_mistyped_name_is_answered_with_the_nearest()
    {
        SearcherCatalog.Nearest("bted+boa").ShouldBe("bted+bao");
        SearcherCatalog.Nearest("Randm").ShouldBe("random");
        Should.Throw<ArgumentException>(() => SearcherCatalog.Create("radnom", Landscape.MakeSpace())).Message.ShouldContain("did you mean 'random'");
        SearcherCatalog.Describe(SearcherCatalog.Default).ShouldContain("BAO");
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        string message = Should.Throw<ArgumentException>(() => SearcherCatalog.Create("bao", Landscape.MakeSpace(), new()
        {
            ExpectedTrials = 0,
            Bao = new() { Radius = 0, Resamples = 99 },
            Bted = new() { Ridge = 0 },
        })).Message;
        message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("ExpectedTrials"),
            text => text.ShouldContain("Radius"),
            text => text.ShouldContain("Resamples"),
            text => text.ShouldContain("Ridge"));
    }
}
