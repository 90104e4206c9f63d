using System.Diagnostics.CodeAnalysis;

namespace Attune.Tuning.Session;

/// <summary>How a session ended: with a tuned model, or with the reason why there is none.</summary>
public sealed record TuneResult
{
    internal TuneResult(TuneOutcome outcome) => Outcome = outcome;

    internal TuneResult(TuneError error) => Error = error;

    /// <summary>The tuned model and what is known about it, or null. A cancelled session has one too: the best that was found until then.</summary>
    public TuneOutcome? Outcome { get; }

    /// <summary>The reason, or null.</summary>
    public TuneError? Error { get; }

    /// <summary>True when there is a tuned model.</summary>
    [MemberNotNullWhen(true, nameof(Outcome))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Outcome is not null;
}
