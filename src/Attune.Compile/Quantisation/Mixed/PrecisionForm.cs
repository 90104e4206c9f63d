namespace Attune.Compile.Quantisation.Mixed;

/// <summary>One precision that a layer can have, and what that does.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Ms">Time of the layer and of what follows it until the next layers, inside the network, milliseconds.</param>
/// <param name="EntryMs">Time of turning its input into this form where a layer before it is in another, milliseconds.</param>
/// <param name="RelativeError">The largest relative error of an output when all other layers are in floats; 0 in floats.</param>
public sealed record PrecisionForm(LayerPrecision Precision, double Ms, double EntryMs, double RelativeError);
