using System.Collections.Immutable;
using Attune.Tuning.Choices;

namespace Attune.Tuning.Tests.Choices;

public sealed class ChoiceSolverTests
{
    [Fact]
    public void A_chain_pays_a_dearer_node_to_save_a_conversion()
    {
        // Alone the middle node would take its first alternative (1 < 2), but both neighbours then convert for 3 each.
        double[,] disagree = { { 0, 3 }, { 3, 0 } };
        var graph = new ChoiceGraph([[9, 1], [1, 2], [9, 1]], [new ChoiceEdge(0, 1, disagree), new ChoiceEdge(1, 2, disagree)]);
        ChoiceSolution solution = new ChoiceSolver().Solve(graph);
        solution.Choices.ShouldBe([1, 1, 1]);
        solution.Total.ShouldBe(4);
        solution.IsExact.ShouldBeTrue();

        // The middle node forced to its other alternative: 1 + 1 + 1 + 3 + 3.
        solution.RunnersUp[1]!.ShouldBe(new ChoiceRunnerUp(0, 9));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Random_graphs_are_solved_as_by_trying_everything(bool chain)
    {
        var random = new Random(chain ? 5 : 6);
        for (int round = 0; round < 200; round++)
        {
            ChoiceGraph graph = Random(random, 2 + random.Next(6), chain);
            ChoiceSolution solution = new ChoiceSolver(100_000).Solve(graph);
            double best = Everything(graph).Min(graph.Total);
            solution.IsExact.ShouldBeTrue();
            solution.Total.ShouldBe(best);
            if (!double.IsFinite(best))
            {
                continue;
            }

            graph.Total(solution.Choices).ShouldBe(best, 1e-9);
            for (int node = 0; node < graph.Costs.Length; node++)
            {
                double other = Everything(graph).Where(
                    choices => choices[node] != solution.Choices[node]).Select(graph.Total).Append(double.PositiveInfinity).Min();
                (solution.RunnersUp[node]?.Total ?? double.PositiveInfinity).ShouldBe(other);
                solution.RunnersUp[node]?.Alternative.ShouldNotBe(solution.Choices[node]);
            }
        }
    }

    [Fact]
    public void A_narrow_cap_gives_a_possible_solution_and_says_that_it_may_not_be_the_best()
    {
        var random = new Random(8);
        int inexact = 0;
        for (int round = 0; round < 50; round++)
        {
            ChoiceGraph graph = Random(random, 7, chain: false);
            ChoiceSolution solution = new ChoiceSolver(2).Solve(graph);
            double best = Everything(graph).Min(graph.Total);
            inexact += solution.IsExact ? 0 : 1;
            solution.Total.ShouldBeGreaterThanOrEqualTo(best);
            if (double.IsFinite(solution.Total))
            {
                graph.Total(solution.Choices).ShouldBe(solution.Total, 1e-9);
            }
        }

        inexact.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Ties_go_to_the_lower_alternative()
    {
        double[,] nothing = new double[3, 3];
        var graph = new ChoiceGraph([[1, 1, 1], [2, 2, 2]], [new ChoiceEdge(0, 1, nothing)]);
        new ChoiceSolver().Solve(graph).Choices.ShouldBe([0, 0]);
    }

    [Fact]
    public void A_long_chain_is_exact_within_the_default_cap()
    {
        ChoiceGraph graph = Random(new Random(3), 200, chain: true);
        ChoiceSolution solution = new ChoiceSolver().Solve(graph);
        solution.IsExact.ShouldBeTrue();
        solution.Total.ShouldBe(graph.Total(solution.Choices), 1e-6);
    }

    [Fact]
    public void Graphs_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => new ChoiceGraph([[]], [])).Message.ShouldContain("Node 0");
        Should.Throw<ArgumentException>(() => new ChoiceGraph([[1], [1]], [new ChoiceEdge(1, 0, new double[1, 1])])).Message.ShouldContain("1 - 0");
        Should.Throw<ArgumentException>(() => new ChoiceGraph([[1], [1]], [new ChoiceEdge(0, 1, new double[2, 1])]));
        Should.Throw<ArgumentOutOfRangeException>(() => new ChoiceSolver(0));
    }

    private static ChoiceGraph Random(Random random, int nodes, bool chain)
    {
        // Small whole numbers: sums are exact in any order, and ties and forbidden pairs are frequent.
        ImmutableArray<ImmutableArray<double>> costs = [.. Enumerable.Range(0, nodes).Select(
            _ => Enumerable.Range(0, 1 + random.Next(3)).Select(_ => (double)random.Next(6)).ToImmutableArray())];
        var edges = ImmutableArray.CreateBuilder<ChoiceEdge>();
        for (int first = 0; first < nodes; first++)
        {
            for (int second = first + 1; second < (chain ? Math.Min(nodes, first + 2) : nodes); second++)
            {
                if (chain || random.Next(2) == 0)
                {
                    var table = new double[costs[first].Length, costs[second].Length];
                    for (int i = 0; i < table.GetLength(0); i++)
                    {
                        for (int j = 0; j < table.GetLength(1); j++)
                        {
                            table[i, j] = !chain && random.Next(8) == 0 ? double.PositiveInfinity : random.Next(5);
                        }
                    }

                    edges.Add(new ChoiceEdge(first, second, table));
                }
            }
        }

        return new ChoiceGraph(costs, edges.ToImmutable());
    }

    private static IEnumerable<int[]> Everything(ChoiceGraph graph)
    {
        long count = graph.Costs.Aggregate(1L, (product, costs) => product * costs.Length);
        for (long i = 0; i < count; i++)
        {
            long rest = i;
            yield return [.. graph.Costs.Select(costs =>
            {
                int choice = (int)(rest % costs.Length);
                rest /= costs.Length;
                return choice;
            })];
        }
    }
}
