using System.Collections.Immutable;
using Attune.Design.Pareto;
using Attune.Design.Search;

namespace Attune.Design.Tests.Search;

public sealed class EvolutionarySearchTests
{
    private static readonly ImmutableArray<int> Five = [.. Enumerable.Repeat(4, 5)];
    private static readonly PlainGeneSpace Small = new(Five);
    private static readonly GeneSum Cost = new(Five, [.. Enumerable.Range(0, 20).Select(i => (i % 4) * (1 + (i / 4))), 1.0]);
    private static readonly GeneSum Value = new(Five, [.. Enumerable.Range(0, 20).Select(i => Math.Sqrt(i % 4) * (5 - (i / 4))), 0.0]);

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(35)]
    public void Within_every_budget_it_finds_the_optimum_of_a_small_space(double budget)
    {
        DesignPoint found = new EvolutionarySearch(Small, Value, Cost, new EvolutionOptions { Generations = 60 }).Run(budget)!;
        found.Cost.ShouldBeLessThanOrEqualTo(budget);
        double optimum = FrontSearch.Designs(Small).Where(genes => Cost.Predict(genes) <= budget).Max(genes => Value.Predict(genes));
        found.Value.ShouldBe(optimum, 1e-9);
    }

    [Fact]
    public void A_budget_below_the_fastest_design_has_no_answer() => new EvolutionarySearch(Small, Value, Cost).Run(0.5).ShouldBeNull();

    [Fact]
    public void The_same_seed_gives_the_same_design()
    {
        var options = new EvolutionOptions { Generations = 5, Population = 20, Seed = 7 };
        new EvolutionarySearch(Small, Value, Cost, options).Run(20)!.Genes.ShouldBe(new EvolutionarySearch(Small, Value, Cost, options).Run(20)!.Genes);
    }

    [Fact]
    public void A_tight_budget_is_met_by_repair()
    {
        // One design of a million fits; random draws practically never find it.
        PlainGeneSpace wide = new([.. Enumerable.Repeat(10, 6)]);
        var sum = new GeneSum(wide.Values, [.. Enumerable.Range(0, 60).Select(i => (double)(i % 10)), 1.0]);
        DesignPoint found = new EvolutionarySearch(wide, sum, sum, new EvolutionOptions { Population = 4, Generations = 1, Draws = 5 }).Run(1)!;
        found.Genes.ShouldAllBe(gene => gene == 0);
    }

    [Fact]
    public void Designs_that_cannot_run_are_never_answers()
    {
        var broken = new Broken();
        DesignPoint found = new EvolutionarySearch(Small, Value, broken, new EvolutionOptions { Generations = 20 }).Run(1000)!;
        found.Genes[0].ShouldNotBe(3);
    }

    [Fact]
    public void Rules_and_canonical_forms_are_kept()
    {
        var ruled = new Ruled();
        var search = new EvolutionarySearch(ruled, Value, Cost, new EvolutionOptions { Generations = 10 });
        search.Run(1000).ShouldNotBeNull();
        search.Visited.ShouldAllBe(point => point.Genes[1] == 0 || point.Genes[0] > 0);
        search.Visited.ShouldAllBe(point => point.Genes[2] != 3);
    }

    [Fact]
    public void The_evolutionary_front_is_the_exhaustive_one_on_a_small_space()
    {
        DesignPoint[] all = FrontSearch.Exhaustive(Small, Value, Cost, 1);
        DesignPoint[] found = FrontSearch.Evolutionary(Small, Value, Cost, 12, new EvolutionOptions { Generations = 40 }, 1);
        double reference = all.Max(point => point.Cost);
        double complete = Area(all);
        Area(found).ShouldBeGreaterThan(0.98 * complete);

        double Area(DesignPoint[] points) =>
            Hypervolume.Of(
                [.. Enumerable.Range(0, points.Length)], [.. points.Select(point => point.Cost)], [.. points.Select(point => point.Value)], reference + 1, 0);
    }

    [Fact]
    public void Spaces_too_large_to_go_through_say_so() =>
        Should.Throw<ArgumentException>(
            () => FrontSearch.Designs(new PlainGeneSpace([.. Enumerable.Repeat(9, 22)])).First()).Message.ShouldContain("evolutionary");

    [Fact]
    public void Parameters_out_of_range_are_all_named() =>
        new EvolutionOptions { Population = 1, Generations = -1, ParentShare = 0, MutantShare = 2, GeneProbability = 0, Draws = 0 }.Problems().Length
            .ShouldBe(6);

    [Fact]
    public void Neighbours_differ_in_one_gene() =>
        Neighbours.Of(Small, [0, 0, 0, 0, 0]).ShouldAllBe(genes => genes.Count(gene => gene != 0) == 1);

    private sealed class Broken : IDesignModel
    {
        public double Predict(ReadOnlySpan<int> genes) => genes[0] == 3 ? double.NaN : Cost.Predict(genes);
    }

    private sealed class Ruled : IGeneSpace
    {
        public int Genes => 5;

        public int ValuesOf(int gene) => 4;

        public void Canonicalise(Span<int> genes) => genes[1] = genes[0] == 0 ? 0 : genes[1];

        public bool IsAllowed(ReadOnlySpan<int> genes) => genes[2] != 3;
    }
}
