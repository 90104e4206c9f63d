namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Three networks measured in alternating runs on the samples' first: all layers in floats, all on bytes, and as chosen.</summary>
/// <param name="Floats">Latency in floats.</param>
/// <param name="Bytes">Latency with all layers on bytes that can be.</param>
/// <param name="Chosen">Latency as chosen.</param>
/// <param name="Energy">Energy of an inference of each; null where the machine tells none.</param>
public sealed record NetworkFigures(WholeTime Floats, WholeTime Bytes, WholeTime Chosen, EnergyFigures? Energy);
