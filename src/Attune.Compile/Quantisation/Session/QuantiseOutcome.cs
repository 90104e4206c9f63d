using System.Collections.Immutable;

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
    ImmutableArray<string> Warnings);
