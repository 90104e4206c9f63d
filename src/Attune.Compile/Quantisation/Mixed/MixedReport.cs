using System.Collections.Immutable;
using Attune.Compile.Quantisation.Session;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>How the precisions of a network's layers were chosen.</summary>
/// <param name="Allowed">The loss that is allowed, a share as in <see cref="QuantisationCost.Loss"/>.</param>
/// <param name="Layers">What was measured of every layer.</param>
/// <param name="Front">All choices that none is predicted to beat in both time and error, the fastest first.</param>
/// <param name="Trials">Choices that were tried on the whole network, in order.</param>
/// <param name="Chosen">The one that was taken; all layers in floats where no other is within the budget and faster than floats.</param>
/// <param name="CostOfBytes">What all layers on bytes cost.</param>
public sealed record MixedReport(
    double Allowed,
    ImmutableArray<LayerForms> Layers,
    ImmutableArray<FrontPoint> Front,
    ImmutableArray<CandidateTrial> Trials,
    FrontPoint Chosen,
    QuantisationCost CostOfBytes)
{
    /// <summary>Latencies in alternating runs, and energies; null where the search was cancelled before.</summary>
    public NetworkFigures? Figures { get; init; }
}
