namespace Attune.Design.Local;

/// <summary>A measurer of this machine, or why there is none.</summary>
/// <param name="Measurer">The measurer, or null.</param>
/// <param name="LacksRecords">True when tuned kernels are wanted and the tuning records hold none for this device.</param>
/// <param name="Problem">Why no design of the family can be built; null when that is not the reason.</param>
public sealed record LocalMeasurerStart(LocalMeasurer? Measurer, bool LacksRecords, string? Problem);
