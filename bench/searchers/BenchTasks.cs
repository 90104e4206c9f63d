using System.Collections.Immutable;
using Attune.Compile;
using Attune.Graph.Zoo;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Tuning.Tasks;

namespace Attune.Bench.Searchers;

/// <summary>
/// Chooses tasks by rule, not by hand: of every kind of layer the one with the most arithmetic in its network, then the second one of every kind, and so on.
/// </summary>
internal static class BenchTasks
{
    private const int SmallChannels = 64;

    private static readonly ImmutableArray<KindOfLayer> Kinds =
    [
        new("3x3, Winograd possible", "resnet18", w => w.KernelHeight == 3 && w.Family.EndsWith("winograd", StringComparison.Ordinal)),
        new("1x1", "mobilenet_v1", w => !w.IsDense && w.KernelHeight == 1 && w.OutChannels > SmallChannels),
        new("3x3, stride 2", "resnet18", w => w is { KernelHeight: 3, StrideHeight: 2 }),
        new("depthwise 3x3", "mobilenet_v1", w => w.IsDepthwise),
        new("first layer, 7x7", "resnet18", w => w is { KernelHeight: 7, InChannels: 3 }),
        new("1x1, few channels", "squeezenet_v1.1", w => !w.IsDense && w.KernelHeight == 1 && w.OutChannels <= SmallChannels),
    ];

    /// <summary>Chooses tasks.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The networks have fewer tasks of these kinds.</exception>
    public static ImmutableArray<BenchTask> Choose(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Dictionary<string, ImmutableArray<ModelTask>> networks = Kinds.Select(kind => kind.Network).Distinct()
            .ToDictionary(name => name, name => ModelTask.Of(PassPipeline.Default.Run(ModelZoo.Create(name)), HostTarget.Widest));
        BenchTask[][] byKind = [.. Kinds.Select(kind => Candidates(kind, networks[kind.Network]))];
        int deepest = byKind.Max(tasks => tasks.Length);
        ImmutableArray<BenchTask> chosen =
        [
            .. Enumerable.Range(0, deepest)
                .SelectMany(rank => byKind.Where(tasks => rank < tasks.Length).Select(tasks => tasks[rank]))
                .DistinctBy(task => task.Task.Key)
                .Take(count),
        ];
        return chosen.Length == count
            ? chosen
            : throw new ArgumentOutOfRangeException(nameof(count), count, $"There are {chosen.Length} different tasks of these kinds.");
    }

    private static BenchTask[] Candidates(KindOfLayer kind, ImmutableArray<ModelTask> tasks)
    {
        long weightBytes = TuningTaskFactory.WeightBytes(tasks);
        var factory = new TuningTaskFactory(TaskPurpose.Comparison, HostTarget.Widest, threads: 1);
        return
        [
            .. tasks.Where(task => kind.Matches(task.Workload.Exit))
                .OrderByDescending(task => task.Workload.Flops * task.Nodes.Length)
                .Select(task => new BenchTask(kind.Name, kind.Network, factory.Of(task), weightBytes)),
        ];
    }

    private sealed record KindOfLayer(string Name, string Network, Func<ConvolutionWorkload, bool> Matches);
}
