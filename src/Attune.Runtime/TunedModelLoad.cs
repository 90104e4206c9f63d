using System.Diagnostics.CodeAnalysis;

namespace Attune.Runtime;

/// <summary>What loading a tuned-model file gave: a model, or the reason why there is none.</summary>
public sealed record TunedModelLoad
{
    internal TunedModelLoad(TunedModel model) => Model = model;

    internal TunedModelLoad(TunedModelError error) => Error = error;

    /// <summary>The model, or null.</summary>
    public TunedModel? Model { get; }

    /// <summary>The reason, or null.</summary>
    public TunedModelError? Error { get; }

    /// <summary>True when there is a model.</summary>
    [MemberNotNullWhen(true, nameof(Model))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Model is not null;

    /// <summary>The model.</summary>
    /// <exception cref="TunedModelException">There is none.</exception>
    public TunedModel OrThrow() => Succeeded ? Model : throw new TunedModelException(Error);
}
