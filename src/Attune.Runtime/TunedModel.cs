using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Runtime;

/// <summary>
/// A network with the configuration of every task: all that a tuned-model file holds. No machine code of processors: kernels are generated where it runs.
/// Immutable.
/// </summary>
public sealed partial record TunedModel
{
    /// <summary>The fused network with its weights.</summary>
    public required Network Network { get; init; }

    /// <summary>One configuration per task; a task key occurs once.</summary>
    public required ImmutableArray<TunedConfiguration> Configurations { get; init; }

    /// <summary>Id of the device it was tuned on.</summary>
    public required string Device { get; init; }

    /// <summary>That device in words.</summary>
    public required string DeviceDescription { get; init; }

    /// <summary>Kind of that device.</summary>
    public TargetKind DeviceKind { get; init; } = TargetKind.Cpu;

    /// <summary>Threads it was tuned for, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>32-bit lanes of the vectors it was tuned for: 4, 8 or 16 on a processor, 1 on a device of groups and lanes.</summary>
    public required int VectorLanes { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Version of the product that made it.</summary>
    public required string ProductVersion { get; init; }

    /// <summary>
    /// Where the network came from, for people and comparisons only: zoo:NAME, or an ONNX file as a path relative to the tuned model; an absolute path is
    /// written as the file's name alone, and older files may hold one. Null when unknown.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>SHA-256 of the ONNX file (without its external data), lower-case hexadecimal; null when the source is no file or unknown.</summary>
    public string? SourceSha256 { get; init; }

    /// <summary>Names of fusions that were switched off, as in <see cref="Fusions"/>; empty for none.</summary>
    public ImmutableArray<string> WithoutFusions { get; init; } = [];

    /// <summary>How it was tuned; null when it was not.</summary>
    public TuningSummary? Summary { get; init; }

    /// <summary>How the network was quantised before it was tuned; null where it was tuned as it was given.</summary>
    public PrecisionSummary? Precision { get; init; }

    /// <summary>The model before its shapes were fixed, for inputs of other shapes; null when its file left no extent open.</summary>
    public OpenNetwork? Open { get; init; }

    /// <summary>
    /// Its kernels as the device's compiler made them, so that a machine without the compiler runs them; empty where drivers compile by themselves. Never null,
    /// never default.
    /// </summary>
    public ImmutableArray<DeviceCode> Programs { get => field.IsDefault ? [] : field; init; } = [];
}
