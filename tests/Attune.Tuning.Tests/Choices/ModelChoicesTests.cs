using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Flow;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Runtime;
using Attune.Tuning.Choices;

namespace Attune.Tuning.Tests.Choices;

public sealed class ModelChoicesTests
{
    private static readonly Network Network = PassPipeline.Default.Run(ModelZoo.Create("mobilenet_v1"));

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void A_pair_is_fused_in_both_halves_or_in_none()
    {
        var choices = new ModelChoices(ModelDataFlow.Of(Network, 2, HostTarget.Widest), Alternatives(pairMs: 1e-3), 1e-10);
        ImmutableArray<int> chosen = new ChoiceSolver().Solve(choices.Graph(choices.AloneCosts())).Choices;
        for (int i = 0; i < chosen.Length; i++)
        {
            if (choices.Sites[i].PairKey is not null)
            {
                // The pairs cost next to nothing here, so they are taken.
                choices.Sites[i].IsFused(chosen[i]).ShouldBeTrue();
                choices.Sites[choices.Partner(i)].IsFused(chosen[choices.Partner(i)]).ShouldBeTrue();
            }
        }

        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations = choices.Configurations(chosen);
        configurations.Keys.Count(key => key.Contains(PairWorkload.Separator)).ShouldBe(ModelTask.PairsOf(Network, HostTarget.Widest).Length);
        using var model = CompiledModel.Compile(Network, configurations, new ModelOptions { Threads = 1 });
        model.Steps.Count(step => step.Fused.Contains(Fusions.DepthwisePointwise)).ShouldBe(13);
    }

    [Fact]
    public void Slow_pairs_stay_apart()
    {
        var choices = new ModelChoices(ModelDataFlow.Of(Network, 2, HostTarget.Widest), Alternatives(pairMs: 100), 1e-10);
        ImmutableArray<int> chosen = new ChoiceSolver().Solve(choices.Graph(choices.AloneCosts())).Choices;
        choices.Configurations(chosen).Keys.ShouldNotContain(key => key.Contains(PairWorkload.Separator));
    }

    [Fact]
    public void Dear_fetching_makes_neighbours_share_alike()
    {
        // Two ways of sharing that are equally fast alone: with free fetching the first stays, with dear fetching the fetched bytes fall.
        Dictionary<string, ImmutableArray<TaskAlternative>> alternatives = Alternatives(pairMs: null);
        var free = new ModelChoices(ModelDataFlow.Of(Network, 2, HostTarget.Widest), alternatives, 0);
        var dear = new ModelChoices(ModelDataFlow.Of(Network, 2, HostTarget.Widest), alternatives, 1e-6);
        int[] separate = new int[dear.Sites.Length];
        new ChoiceSolver().Solve(free.Graph(free.AloneCosts())).Choices.ShouldBe(separate);
        ChoiceSolution solution = new ChoiceSolver().Solve(dear.Graph(dear.AloneCosts()));
        double before = Enumerable.Range(0, separate.Length).Sum(site => dear.FetchMs(site, separate));
        double after = Enumerable.Range(0, separate.Length).Sum(site => dear.FetchMs(site, solution.Choices));
        after.ShouldBeLessThan(0.8 * before);
        dear.Graph(dear.AloneCosts()).Total(separate).ShouldBe(before + dear.AloneCosts().Sum(costs => costs[0]), 1e-6 * before);
    }

    [Fact]
    public void Costs_learned_inside_the_model_leave_the_fetching_to_the_edges()
    {
        Dictionary<string, ImmutableArray<TaskAlternative>> alternatives = Alternatives(pairMs: null);
        var choices = new ModelChoices(ModelDataFlow.Of(Network, 2, HostTarget.Widest), alternatives, 1e-10);
        var costs = new LearnedCosts(choices);
        int[] separate = new int[choices.Sites.Length];
        double[] siteMs = [.. choices.Sites.Select((site, i) => (2.0 * site.Steps.Length) + choices.FetchMs(i, separate))];
        costs.Add(separate, siteMs);
        double[][] learned = costs.Costs();
        for (int i = 0; i < learned.Length; i++)
        {
            learned[i][0].ShouldBe(2.0 * choices.Sites[i].Steps.Length, 1e-9);

            // Never run inside: as slow there, over its time alone, as the other.
            learned[i][^1].ShouldBe(2.0 * choices.Sites[i].Steps.Length, 1e-9);
        }
    }

    private static Dictionary<string, ImmutableArray<TaskAlternative>> Alternatives(double? pairMs)
    {
        var alternatives = new Dictionary<string, ImmutableArray<TaskAlternative>>();
        foreach (ModelTask task in ModelTask.Of(Network, HostTarget.Widest))
        {
            Space space = KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
            Configuration start = space[KernelTemplates.DefaultIndex(task.Workload, space, HostTarget.Of(task.Workload.Lanes))];
            alternatives[task.Key] = [new TaskAlternative(start, 1), .. PartitionSiblings.Of(task.Workload, start, 2).Select(
                index => new TaskAlternative(space[index], 1))];
        }

        foreach (ModelTask pair in pairMs is null ? [] : ModelTask.PairsOf(Network, HostTarget.Widest))
        {
            Space space = KernelTemplates.CreateSpace(pair.Workload, HostTarget.Of(pair.Workload.Lanes));
            alternatives[pair.Key] = [new TaskAlternative(
                space[KernelTemplates.DefaultIndex(pair.Workload, space, HostTarget.Of(pair.Workload.Lanes))], pairMs!.Value)];
        }

        return alternatives;
    }
}
