using Attune.Design.Search;
using Attune.Tuning.Session;

namespace Attune.Design.Flow;

/// <summary>How the best design within limits is searched, and what is made of it. Immutable.</summary>
public sealed record OptimiseOptions
{
    /// <summary>Limits and effort.</summary>
    public required OptimiseQuestion Question { get; init; }

    /// <summary>Parameters of the evolution. Its seed is the question's.</summary>
    public EvolutionOptions Evolution { get; init; } = new();

    /// <summary>True to measure the front around the answer too.</summary>
    public bool IncludeFront { get; init; }

    /// <summary>Path of the ONNX file to write.</summary>
    public required string Output { get; init; }

    /// <summary>How the answer's kernels are tuned; null leaves them as they are. Threads, records, source and output are the session's.</summary>
    public TuneOptions? Tune { get; init; }
}
