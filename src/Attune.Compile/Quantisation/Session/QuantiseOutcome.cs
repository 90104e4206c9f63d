using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;

namespace Attune.Compile.Quantisation.Session;

/// <summary>A quantised network, and what it cost.</summary>
/// <param name="Quantised">The network.</param>
/// <param name="Cost">How far it is off.</param>
/// <param name="Calibrated">Samples that ranges are from.</param>
/// <param name="IsHeldOut">True when the cost was measured on other samples than those.</param>
/// <param name="BytesBefore">Bytes of the constants of the network of floats.</param>
/// <param name="BytesAfter">Bytes of the constants of the quantised one.</param>
/// <param name="Budget">How it came to be within the loss that is allowed; null where none was given.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record QuantiseOutcome(
    QuantisedNetwork Quantised,
    QuantisationCost Cost,
    int Calibrated,
    bool IsHeldOut,
    long BytesBefore,
    long BytesAfter,
    BudgetReport? Budget,
    ImmutableArray<string> Warnings)
{
    /// <summary>
    /// Names of the layers that could be on bytes and stay in floats, as they were chosen: what <see cref="QuantiseSession.KnownFloats"/> takes.
    /// </summary>
    public ImmutableArray<string> FloatLayers { get; init; } = [];

    /// <summary>
    /// Names of the layers that multiply brain floats, as they were chosen: what <see cref="QuantiseSession.KnownBrainFloats"/> takes. The network says it with
    /// casts around what they read.
    /// </summary>
    public ImmutableArray<string> BrainLayers { get; init; } = [];

    /// <summary>How a precision was chosen for every layer; null where bytes were wanted throughout, or the choice was known.</summary>
    public MixedReport? Mixed { get; init; }

    /// <summary>True when the caller cancelled a search for precisions: the network is the best that was found until then, and within the budget.</summary>
    public bool IsInterrupted { get; init; }
}
