using Attune.Records;

namespace Attune.Measuring;

/// <summary>What building a candidate gave: a candidate, or why there is none.</summary>
public sealed record CandidateResult
{
    private CandidateResult(ICandidate? candidate, Outcome outcome, string? message)
    {
        Candidate = candidate;
        Outcome = outcome;
        Message = message;
    }

    /// <summary>The candidate, or null when it could not be built. The caller disposes it.</summary>
    public ICandidate? Candidate { get; }

    /// <summary><see cref="Outcome.Ok"/> with a candidate, otherwise <see cref="Outcome.Invalid"/> or <see cref="Outcome.CompileError"/>.</summary>
    public Outcome Outcome { get; }

    /// <summary>Why there is no candidate; null when there is one.</summary>
    public string? Message { get; }

    /// <summary>Milliseconds of building that went into data (packing weights) and not into code; 0 unless the factory tells. At least 0.</summary>
    public double DataMs { get; init; }

    /// <summary>A candidate that can be run.</summary>
    public static CandidateResult Built(ICandidate candidate) => new(candidate, Outcome.Ok, null);

    /// <summary>The knobs violate a constraint of the space, or name no point of it.</summary>
    public static CandidateResult Invalid(string message) => new(null, Outcome.Invalid, message);

    /// <summary>The kernel could not be compiled.</summary>
    public static CandidateResult CompileError(string message) => new(null, Outcome.CompileError, message);
}
