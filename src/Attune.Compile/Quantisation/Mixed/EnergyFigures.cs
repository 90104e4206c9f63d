namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Energy of an inference, of all that the meter counts, so that what the machine takes at rest is in it: millijoules.</summary>
/// <param name="Meter">What counted.</param>
/// <param name="FloatsMj">In floats.</param>
/// <param name="BytesMj">With all layers on bytes that can be.</param>
/// <param name="ChosenMj">As chosen.</param>
public sealed record EnergyFigures(string Meter, double FloatsMj, double BytesMj, double ChosenMj);
