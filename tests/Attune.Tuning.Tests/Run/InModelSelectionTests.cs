using System.Collections.Immutable;
using Attune.Graph;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Runtime;

namespace Attune.Tuning.Tests.Run;

public sealed class InModelSelectionTests
{
    [Fact]
    public void Every_task_gets_one_of_its_finalists_with_its_time_inside_the_model()
    {
        (Network network, Dictionary<string, ImmutableArray<Configuration>> finalists) = Model();
        var chosen = new InModelSelection(network, 1, TimeProvider.System).Run(finalists, Inputs(network), CancellationToken.None);
        chosen.Keys.ShouldBe(finalists.Keys, ignoreOrder: true);
        foreach ((string task, (Configuration configuration, double ms)) in chosen)
        {
            finalists[task].ShouldContain(configuration);
            ms.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void A_task_with_a_single_finalist_keeps_it()
    {
        (Network network, Dictionary<string, ImmutableArray<Configuration>> finalists) = Model();
        var single = finalists.ToDictionary(pair => pair.Key, pair => pair.Value[..1]);
        var chosen = new InModelSelection(network, 1, TimeProvider.System).Run(single, Inputs(network), CancellationToken.None);
        chosen.ShouldAllBe(pair => pair.Value.Configuration == single[pair.Key][0]);
    }

    [Fact]
    public void A_cancelled_selection_throws()
    {
        (Network network, Dictionary<string, ImmutableArray<Configuration>> finalists) = Model();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => new InModelSelection(network, 1, TimeProvider.System).Run(finalists, Inputs(network), cancelled.Token));
    }

    private static (Network Network, Dictionary<string, ImmutableArray<Configuration>> Finalists) Model()
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create("squeezenet_v1.1"));
        var finalists = new Dictionary<string, ImmutableArray<Configuration>>();
        foreach (ModelTask task in ModelTask.Of(network))
        {
            Space space = KernelTemplates.CreateSpace(task.Workload);
            long[] points = [KernelTemplates.DefaultIndex(task.Workload, space), .. KernelTemplates.SuggestedIndices(task.Workload, space)];
            finalists[task.Key] = [.. points.Take(2).Select(index => space[index])];
        }

        return (network, finalists);
    }

    private static Dictionary<string, Tensor> Inputs(Network network) =>
        network.Inputs.ToDictionary(input => input.Name, input => Tensor.Zeros(input.Type.Element, input.Type.Shape));
}
