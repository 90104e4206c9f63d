using Attune.Measuring.Workers;

namespace Attune.Experiments.Recording;

/// <summary>How a space is recorded. Immutable.</summary>
public sealed record SpaceRecordingOptions
{
    /// <summary>The file to write; with an existing one, recording goes on where it ends.</summary>
    public required string Path { get; init; }

    /// <summary>How the process that measures is started.</summary>
    public required WorkerCommand Worker { get; init; }

    /// <summary>Threads of the kernels, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Most configurations in the file, at least 1. Default 20,000.</summary>
    public int Limit { get; init; } = 20_000;

    /// <summary>Seed of the order in which configurations are measured. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
