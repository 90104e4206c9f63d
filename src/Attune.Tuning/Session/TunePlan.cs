using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Compute;
using Attune.Compile.Models;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Runtime;
using Attune.Tuning.Run;
using Attune.Tuning.Tasks;

namespace Attune.Tuning.Session;

/// <summary>What a session is going to do: the network after all passes and its tasks, known before any work begins.</summary>
/// <param name="Original">The network as it was read, before any pass.</param>
/// <param name="Narrowed">The network after all passes, weights in the format asked for.</param>
/// <param name="Options">What was asked for.</param>
public sealed record TunePlan(Network Original, NarrowedNetwork Narrowed, TuneOptions Options)
{
    /// <summary>Plans.</summary>
    /// <param name="network">The network as it was read, before any pass.</param>
    /// <param name="options">What is asked for.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static TunePlan Of(Network network, TuneOptions options)
    {
        options.Validated();
        if (options.Device.Kind != TargetKind.Cpu)
        {
            options = options with { Threads = 1 };
        }

        PassPipeline passes = options.WithoutFusions.IsEmpty ? PassPipeline.Default : PassPipeline.Default.Without(options.WithoutFusions);
        Network fused = passes.Run(network);
        if (options.Compute == ComputeFormat.F32)
        {
            return new TunePlan(network, WeightNarrowing.Apply(fused, options.Weights), options);
        }

        ComputedNetwork computed = BFloat16Compute.Apply(fused);
        return new TunePlan(network, WeightNarrowing.Apply(computed.Network, WeightFormat.F32), options) { Computed = computed };
    }

    /// <summary>The same network with the layers that multiply brain floats; null when none was asked to.</summary>
    public ComputedNetwork? Computed { get; private init; }

    /// <summary>The network that is tuned and written.</summary>
    public Network Fused => Narrowed.Network;

    /// <summary>The tasks of the model: its layers, and the pairs of them that might run as one.</summary>
    public ImmutableArray<TuningTask> Tasks { get; } = TasksOf(Narrowed.Network, Options);

    /// <summary>Options the model is compiled with.</summary>
    public ModelOptions ModelOptions { get; private init; } = new()
    {
        Threads = Options.Threads,
        WithoutFusions = Options.WithoutFusions,
        Target = Options.Target,
        Device = Options.Device.Name,
    };

    /// <summary>Bytes of weights that one inference reads.</summary>
    public long WeightBytes { get; } = TuningTaskFactory.WeightBytes(ModelTask.Of(Narrowed.Network, Options.Target));

    /// <summary>SHA-256 of the model's file when the plan was made; null for a network that comes from no file.</summary>
    public string? SourceSha256 { get; } = Options.Source is { } source ? SourceFile.Sha256(source) : null;

    /// <summary>Why this cannot be done; null when it can.</summary>
    public TuneError? Error => Computed is { Layers.IsEmpty: true } ? new ComputeUnused(Computed)
        : Options.Weights != WeightFormat.F32 && Narrowed.Layers.IsEmpty ? new FormatUnused(Narrowed) : null;

    /// <summary>The same on a device that is open already; it must outlive what is compiled.</summary>
    /// <param name="backend">The device.</param>
    internal TunePlan On(IBackend backend) => this with { ModelOptions = ModelOptions with { Backend = backend } };

    private static ImmutableArray<TuningTask> TasksOf(Network fused, TuneOptions options)
    {
        var tasks = new TuningTaskFactory(TaskPurpose.Model, options.Target, options.Threads);
        bool hasPairs = !options.WithoutFusions.Contains(Fusions.DepthwisePointwise);
        return [.. tasks.Layers(fused), .. hasPairs ? tasks.Pairs(fused) : []];
    }
}
