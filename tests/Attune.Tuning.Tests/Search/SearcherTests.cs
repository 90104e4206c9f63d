using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Bao;
using Attune.Tuning.Bted;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Search;

/// <summary>What single searchers must do besides what all must.</summary>
public sealed class SearcherTests
{
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
            Landscape.Search(
                SearcherCatalog.Create(searcher, space, new() { Seed = seed, ExpectedTrials = 64 }),
                space,
                trials: 64,
                batch: 4).Min(point => Landscape.TimeOf(space, point));
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
