namespace Attune.Compile.Quantisation.Mixed;

/// <summary>What a layer's numbers are stored as and what it computes with. Every layer of a network can be in the first.</summary>
public enum LayerPrecision
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>Weights of signed bytes, activations of unsigned bytes, sums of 32-bit integers.</summary>
    Int8,

    /// <summary>
    /// Weights and what they are multiplied with are brain floats, sums and results 32-bit floats. Offered where the processor has an instruction for that, and
    /// only where the network is not written for others.
    /// </summary>
    BFloat16,
}
