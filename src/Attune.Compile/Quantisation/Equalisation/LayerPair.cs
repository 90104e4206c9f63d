namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>Two layers of which the second alone reads what the first makes, through nothing that tells a multiple of a channel from the channel.</summary>
/// <param name="First">Makes the channels.</param>
/// <param name="Second">Reads them.</param>
internal sealed record LayerPair(ScaledLayer First, ScaledLayer Second);
