using System.Collections.Immutable;

namespace Attune.Design.Flow;

/// <summary>A Pareto front of measured designs.</summary>
/// <param name="Device">The device.</param>
/// <param name="Front">Designs that no other measured one dominates, fastest first.</param>
/// <param name="Candidates">Designs that were measured for it.</param>
/// <param name="Dominated">Those of the predicted front that measuring removed.</param>
/// <param name="Model">The predictions that chose the candidates.</param>
public sealed record MeasuredFront(DeviceKey Device, ImmutableArray<OptimisedDesign> Front, int Candidates, int Dominated, TargetModel Model);
