using System.Collections.Immutable;

namespace Attune.Compile.Quantisation.Session;

/// <summary>How a network was brought within the loss that is allowed.</summary>
/// <param name="Allowed">The loss that is allowed, a share, as in <see cref="QuantisationCost.Loss"/>.</param>
/// <param name="LossOfAll">The loss with every layer on bytes that can be.</param>
/// <param name="Sensitivities">Every layer's own cost, the largest first; empty where all layers were within the budget at once.</param>
/// <param name="Tried">Networks that were measured on the samples held out.</param>
public sealed record BudgetReport(double Allowed, double LossOfAll, ImmutableArray<LayerSensitivity> Sensitivities, int Tried);
