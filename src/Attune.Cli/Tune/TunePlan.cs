using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Coverage;
using Attune.Cli.Models;
using Attune.Compile;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Runtime;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>Everything a tune was asked to do, checked before any work begins.</summary>
/// <param name="Model">The model.</param>
/// <param name="Narrowed">Its network after all passes, weights in the format asked for.</param>
/// <param name="Budget">Time or trials.</param>
/// <param name="Threads">Threads of kernels and model.</param>
/// <param name="Searcher">Name of the searcher.</param>
/// <param name="Search">Its options.</param>
/// <param name="Seed">Seed of the searches.</param>
/// <param name="Measuring">How candidates are timed.</param>
/// <param name="CandidateLimit">Time a candidate may take.</param>
/// <param name="Records">Path of the journal.</param>
/// <param name="Output">Path of the tuned model.</param>
/// <param name="WithoutFusions">Names of fusions that are switched off.</param>
internal sealed record TunePlan(
    LoadedModel Model,
    NarrowedNetwork Narrowed,
    Budget Budget,
    int Threads,
    string Searcher,
    SearcherOptions Search,
    int Seed,
    MeasureOptions Measuring,
    TimeSpan CandidateLimit,
    string Records,
    string Output,
    ImmutableArray<string> WithoutFusions)
{
    /// <summary>The network that is tuned and written.</summary>
    public Network Fused => Narrowed.Network;

    /// <summary>The tasks of the model, as the search wants them: its layers, and the pairs of them that might run as one.</summary>
    public ImmutableArray<TuningTask> Tasks { get; } =
    [
        .. ModelTask.Of(Narrowed.Network).Select(task => Of(task, Threads, isPair: false)),
        .. WithoutFusions.Contains(Fusions.DepthwisePointwise) ? [] : ModelTask.PairsOf(Narrowed.Network).Select(task => Of(task, Threads, isPair: true)),
    ];

    /// <summary>What of the model runs on tuned, on compiled, and on slow kernels.</summary>
    public KernelCoverage Coverage { get; } = KernelCoverage.Of(Narrowed.Network, ModelCoverage.Of(Narrowed.Network, withoutFusions: WithoutFusions));

    /// <summary>Options the model is compiled with.</summary>
    public ModelOptions ModelOptions { get; } = new(Threads) { WithoutFusions = WithoutFusions };

    /// <summary>SHA-256 of the model's file when the plan was made; null for a network of the zoo.</summary>
    public string? SourceSha256 { get; } = SourceFile.Sha256(Model.Source);

    /// <summary>Bytes of weights that one inference reads.</summary>
    public long WeightBytes { get; } = ModelTask.Of(Narrowed.Network).Sum(task => task.Workload.WeightBytes * task.Nodes.Length);

    private static TuningTask Of(ModelTask task, int threads, bool isPair)
    {
        Space space = KernelTemplates.CreateSpace(task.Workload);
        string Class(Configuration configuration) =>
            $"{(space.Has("algorithm") ? configuration.Label("algorithm") : string.Empty)} {WorkPartitions.Of(task.Workload, configuration).ClassOf(threads)}";
        return new TuningTask(task.Workload.Title, task.Key, space, KernelTemplates.DefaultIndex(task.Workload, space), task.Nodes.Length, task.Workload.Flops)
        {
            Family = task.Workload.Family,
            Suggestions = [.. KernelTemplates.SuggestedIndices(task.Workload, space, threads)],
            ClassOf = Class,
            Siblings = configuration => PartitionSiblings.Of(task.Workload, configuration, threads),
            IsAlternative = isPair,
        };
    }

    /// <summary>Options of the tuning run.</summary>
    public TuningOptions Options => new() { Budget = Budget.Time, Trials = Budget.Trials, Threads = Threads, Seed = Seed, Searcher = Searcher, Search = Search };
}
