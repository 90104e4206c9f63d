using System.Collections.Immutable;
using Attune.Compile;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Runtime;
using Attune.Tuning.Choices;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

[Trait(Category.Name, Category.Slow)]
public sealed class InModelSelectionTests
{
    [Fact]
    public void Every_task_gets_one_of_its_alternatives_with_its_time_inside_the_model()
    {
        (Network network, Dictionary<string, ImmutableArray<TaskAlternative>> alternatives) = Model("squeezenet_v1.1", withPairs: false);
        ModelSelection chosen = new InModelSelection(network, 1, TimeProvider.System).Run(alternatives, Inputs(network), CancellationToken.None);
        chosen.Tasks.Keys.ShouldBe(alternatives.Keys, ignoreOrder: true);
        chosen.FusedPairs.ShouldBeEmpty();
        chosen.Ms.ShouldBeLessThanOrEqualTo(chosen.SeparateMs);
        foreach ((string task, SelectedTask selected) in chosen.Tasks)
        {
            alternatives[task].ShouldContain(alternative => alternative.Configuration == selected.Configuration);
            selected.Ms.ShouldBeGreaterThan(0);
            if (alternatives[task].Length > 1)
            {
                selected.RunnerUp.ShouldNotBeNull().Configuration.ShouldNotBe(selected.Configuration);
                selected.RunnerUp.ModelMs.ShouldBeGreaterThanOrEqualTo(chosen.Ms);
            }
        }
    }

    [Fact]
    public void Pairs_are_fused_or_not_and_the_model_compiles_so()
    {
        (Network network, Dictionary<string, ImmutableArray<TaskAlternative>> alternatives) = Model("mobilenet_v1", withPairs: true);
        var selection = new InModelSelection(
            network, Math.Min(2, Environment.ProcessorCount), TimeProvider.System)
        { MaxModels = 3, CrossCoreSecondsPerByte = 1e-10 };
        ModelSelection chosen = selection.Run(alternatives, Inputs(network), CancellationToken.None);
        chosen.Tasks.Keys.Where(key => key.Contains(PairWorkload.Separator)).ShouldBe(chosen.FusedPairs, ignoreOrder: true);
        var configurations = chosen.Tasks.ToDictionary(pair => pair.Key, pair => pair.Value.Configuration.ToLabels());
        using var model = CompiledModel.Compile(network, configurations, new ModelOptions { Threads = 1 });
        model.Steps.Select(step => step.TaskKey).OfType<string>().Where(
            key => key.Contains(PairWorkload.Separator)).Distinct().ShouldBe(chosen.FusedPairs, ignoreOrder: true);
    }

    [Fact]
    public void A_task_with_a_single_alternative_keeps_it()
    {
        (Network network, Dictionary<string, ImmutableArray<TaskAlternative>> alternatives) = Model("squeezenet_v1.1", withPairs: false);
        var single = alternatives.ToDictionary(pair => pair.Key, pair => pair.Value[..1]);
        ModelSelection chosen = new InModelSelection(network, 1, TimeProvider.System).Run(single, Inputs(network), CancellationToken.None);
        chosen.Tasks.ShouldAllBe(pair => pair.Value.Configuration == single[pair.Key][0].Configuration && pair.Value.RunnerUp == null);
    }

    [Fact]
    public void The_defaults_are_a_candidate_even_where_time_and_memory_allow_two_models()
    {
        (Network network, Dictionary<string, ImmutableArray<TaskAlternative>> alternatives) = Model("squeezenet_v1.1", withPairs: false, marksDefaults: true);

        // The default is the second alternative of every task that has two, so that the fastest alone is another model.
        var defaultsLast = alternatives.ToDictionary(pair => pair.Key, pair => pair.Value.Reverse().ToImmutableArray());
        var selection = new InModelSelection(network, 1, TimeProvider.System)
        {
            MaxModels = 2,
            Limit = TimeSpan.Zero,
            Costs = new FinishCosts(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
        };
        ModelSelection chosen = selection.Run(defaultsLast, Inputs(network), CancellationToken.None);
        chosen.DefaultMs.ShouldNotBeNull();
        chosen.Ms.ShouldBeLessThanOrEqualTo(chosen.DefaultMs.Value);
        selection.Run(
            alternatives.ToDictionary(pair => pair.Key, pair => pair.Value.Select(each => each with { IsDefault = false }).ToImmutableArray()),
            Inputs(network),
            CancellationToken.None).DefaultMs.ShouldBeNull();
    }

    [Fact]
    public void A_cancelled_selection_throws()
    {
        (Network network, Dictionary<string, ImmutableArray<TaskAlternative>> alternatives) = Model("squeezenet_v1.1", withPairs: false);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(
            () => new InModelSelection(network, 1, TimeProvider.System).Run(alternatives, Inputs(network), cancelled.Token));
    }

    private static (Network Network, Dictionary<string, ImmutableArray<TaskAlternative>> Alternatives) Model(
        string name, bool withPairs, bool marksDefaults = false)
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create(name));
        var alternatives = new Dictionary<string, ImmutableArray<TaskAlternative>>();
        foreach (ModelTask task in ModelTask.Of(network, HostTarget.Widest).Concat(withPairs ? ModelTask.PairsOf(network, HostTarget.Widest) : []))
        {
            Space space = KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
            long[] points = [KernelTemplates.DefaultIndex(task.Workload, space, HostTarget.Of(task.Workload.Lanes)), .. KernelTemplates.SuggestedIndices(
                task.Workload, space, HostTarget.Of(task.Workload.Lanes))];
            alternatives[task.Key] = [.. points.Distinct().Take(2).Select(
                (index, i) => new TaskAlternative(space[index], 1 + i) { IsDefault = marksDefaults && index == points[0] })];
        }

        return (network, alternatives);
    }

    private static Dictionary<string, Tensor> Inputs(Network network) =>
        network.Inputs.ToDictionary(input => input.Name, input => Tensor.Zeros(input.Type.Element, input.Type.Shape));
}
