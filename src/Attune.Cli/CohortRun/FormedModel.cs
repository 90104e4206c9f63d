using Attune.Kernels.Targets;
using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Cohort.Profiling;
using Attune.Compile;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Compile.LowRank;

namespace Attune.Cli.CohortRun;

/// <summary>A tuned model on its way to one with low-rank forms: factors weights, searches kernels, times every form and drops those that are not faster.</summary>
internal sealed class FormedModel(TunedModel start, ProgressLine progress, TimeProvider clock)
{
    /// <summary>The model.</summary>
    public TunedModel Model { get; private set; } = start;

    /// <summary>Forms that were made.</summary>
    public ImmutableArray<LowRankLayer> Layers { get; private set; } = [];

    /// <summary>Times of all forms that were made.</summary>
    public ImmutableArray<FormTime> Times { get; private set; } = [];

    /// <summary>Forms that were dropped.</summary>
    public ImmutableHashSet<(string Node, int Form)> Dropped { get; private set; } = [];

    /// <summary>Adds forms.</summary>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public async Task AddAsync(double[] shares, LowRankSplit split, int threads, TimeSpan? budget, int rounds, int seed, CancellationToken cancellation)
    {
        Network exact = LayerAlternatives.Without(Model.Network);
        LowRankNetwork low = LowRankForms.Add(exact, shares, split, layer => progress.Report($"lowrank  factoring {layer}"), cancellation);
        progress.Announce($"lowrank  {low.Layers.Length} forms of {low.Layers.Select(layer => layer.Node).Distinct().Count()} layers");
        Layers = low.Layers;
        ImmutableArray<TunedConfiguration> configurations = await new FormTuner(progress, clock).RunAsync(low.Network, Model.Configurations, threads, budget, seed, cancellation);
        cancellation.ThrowIfCancellationRequested();
        TunedModel all = Model with { Network = low.Network, Configurations = configurations };
        using (var compiled = CompiledModel.Compile(all, new ModelOptions { Threads = threads }))
        {
            progress.Report("lowrank  timing every form");
            Times = FormTiming.Measure(compiled, rounds, clock);
        }

        Dropped = FormTiming.NotFaster(Times);
        Network kept = LowRankForms.Drop(low.Network, Dropped);
        HashSet<string> tasks = [.. ModelTask.Of(kept, HostTarget.Of(CpuDevice.Detect().VectorLanes)).Select(task => task.Key), .. Model.Configurations.Select(configuration => configuration.Task)];
        Model = all with { Network = kept, Configurations = [.. configurations.Where(configuration => tasks.Contains(configuration.Task))] };
    }
}
