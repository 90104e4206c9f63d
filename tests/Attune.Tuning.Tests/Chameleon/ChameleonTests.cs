using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Chameleon;
using Attune.Tuning.Search;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Chameleon;

public sealed class ChameleonTests(ITestOutputHelper output)
{
    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void It_finds_the_valley_of_a_smooth_landscape_sooner_than_chance()
    {
        Space space = Landscape.MakeSpace();
        double walking = Enumerable.Range(1, 5).Average(seed => BestOf("chameleon", seed));
        double random = Enumerable.Range(1, 5).Average(seed => BestOf("random", seed));
        output.WriteLine($"chameleon {walking:F3}, random {random:F3}");
        walking.ShouldBeLessThan(random);

        double BestOf(string searcher, int seed) =>
            Landscape.Search(
                SearcherCatalog.Create(searcher, space, new() { Seed = seed, ExpectedTrials = 64 }),
                space,
                trials: 64,
                batch: 4).Min(point => Landscape.TimeOf(space, point));
    }

    [Fact]
    public void The_published_code_runs_too_and_asks_valid_points_only()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create("chameleon", space, new() { InitialPoints = 16, Chameleon = ChameleonOptions.Paper with { Steps = 50 } });
        List<long> asked = Landscape.Search(searcher, space, trials: 60, batch: 8);
        asked.ShouldBeUnique();
        asked.ShouldAllBe(point => space.IsValid(point));
    }

    [Fact]
    public void A_space_of_hundreds_of_millions_of_points_is_searched()
    {
        var space = new Space(
            [
                Knob.Split("f", 128, 4), Knob.Split("y", 112, 4), Knob.Split("x", 112, 4), Knob.Split("c", 256, 2), Knob.Scale("unroll", 0, 512, 1500),
                Knob.Flag("explicit"),
            ],
            point => point.Tuple("f")[2] * point.Tuple("y")[2] * point.Tuple("x")[2] <= 1024);
        space.Count.ShouldBeGreaterThan(100_000_000);
        ISearcher searcher = SearcherCatalog.Create("chameleon", space, new() { Seed = 2, Chameleon = new() { Walkers = 32, SeededWalkers = 8, Steps = 30 } });
        var asked = new List<long>();
        for (int i = 0; i < 8; i++)
        {
            var batch = searcher.Ask(8);
            asked.AddRange(batch);
            searcher.Tell([.. batch.Select(point => new Observation(point, Outcome.Ok, 1 + Math.Abs(Math.Log2(space[point].Tuple("f")[2]) - 3)))]);
        }

        asked.Count.ShouldBe(64);
        asked.ShouldBeUnique();
        asked.ShouldAllBe(point => space.IsValid(point));
    }

    [Theory]
    [InlineData(SampleSynthesis.Member, 0)]
    [InlineData(SampleSynthesis.Frequent, 0)]
    [InlineData(SampleSynthesis.Frequent, 2)]
    [InlineData(SampleSynthesis.Random, 2)]
    public void Sampling_thins_samples_to_distinct_unknown_valid_points(SampleSynthesis synthesis, int clusterKnobs)
    {
        Space space = Landscape.MakeSpace();
        var memory = new SearchMemory(space, 7);
        List<long> drawn = memory.Sampler.Draw(80, memory.Random);
        foreach (long known in drawn[64..])
        {
            memory.Tell(Landscape.Observe(space, known));
        }

        foreach (ElbowRule rule in Enum.GetValues<ElbowRule>())
        {
            var sampling = new AdaptiveSampling(space, new() { Synthesis = synthesis, ClusterKnobs = clusterKnobs, Elbow = rule });
            List<long> chosen = sampling.Choose(memory, [.. drawn[..64]]);
            chosen.Count.ShouldBeInRange(1, 64);
            chosen.ShouldBeUnique();
            chosen.ShouldAllBe(point => space.IsValid(point) && !memory.IsKnown(point));
            if (synthesis == SampleSynthesis.Member)
            {
                chosen.ShouldContain(drawn[0]);
                chosen.ShouldBeSubsetOf(drawn);
            }
        }
    }

    [Fact]
    public void Few_samples_are_measured_as_they_are()
    {
        Space space = Landscape.MakeSpace();
        var memory = new SearchMemory(space, 7);
        List<long> drawn = memory.Sampler.Draw(9, memory.Random);
        new AdaptiveSampling(space, new()).Choose(memory, [.. drawn]).ShouldBe(drawn);
    }

    [Fact]
    public void Options_bind_by_name_and_wrong_ones_are_explained()
    {
        SearcherOptions good = SearcherCatalog.Bind("chameleon", new(), ["preset=paper-literal", "steps=77", "elbow=chord"]).Value.ShouldNotBeNull();
        good.Chameleon.Steps.ShouldBe(77);
        good.Chameleon.Elbow.ShouldBe(ElbowRule.Chord);
        good.Chameleon.SeededWalkers.ShouldBe(0);
        SearcherCatalog.Bind("chameleon", new(), ["walker=3"]).Error.ShouldNotBeNull().Sentences.ShouldHaveSingleItem().ShouldContain("walkers");
        Should.Throw<ArgumentException>(() => SearcherCatalog.Create(
            "chameleon", Landscape.MakeSpace(), new() { Chameleon = new() { Walkers = 8, SeededWalkers = 9 } })).Message.ShouldContain("SeededWalkers 9");
    }
}
