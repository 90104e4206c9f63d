using System.Collections.Immutable;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Runtime;

/// <summary>What a tuned model says about one device. Immutable.</summary>
public sealed record TunedTarget
{
    /// <summary>One configuration per task; a task key occurs once.</summary>
    public required ImmutableArray<TunedConfiguration> Configurations { get; init; }

    /// <summary>Id of the device it was tuned on.</summary>
    public required string Device { get; init; }

    /// <summary>That device in words.</summary>
    public required string DeviceDescription { get; init; }

    /// <summary>Kind of that device.</summary>
    public required TargetKind DeviceKind { get; init; }

    /// <summary>Threads it was tuned for, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>32-bit lanes of the vectors it was tuned for: 4, 8 or 16 on a processor, 1 on a device of groups and lanes.</summary>
    public required int VectorLanes { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Version of the product that made it.</summary>
    public required string ProductVersion { get; init; }

    /// <summary>How it was tuned; null when it was not.</summary>
    public TuningSummary? Summary { get; init; }

    /// <summary>
    /// Its kernels as the device's compiler made them, so that a machine without the compiler runs them; empty where drivers compile by themselves. Never null,
    /// never default.
    /// </summary>
    public ImmutableArray<DeviceCode> Programs { get => field.IsDefault ? [] : field; init; } = [];
}
