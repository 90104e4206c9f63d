namespace Attune.Compile.Quantisation.Mixed;

/// <summary>What a layer's numbers are stored as and what it computes with. Every layer of a network can be in the first.</summary>
public enum LayerPrecision
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>Weights of signed bytes, activations of unsigned bytes, sums of 32-bit integers.</summary>
    Int8,
}
