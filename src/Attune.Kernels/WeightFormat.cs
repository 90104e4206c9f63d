namespace Attune.Kernels;

/// <summary>How the weights of a dense layer or a 1x1 convolution are stored. Arithmetic is in 32-bit floats for every format.</summary>
public enum WeightFormat
{
    /// <summary>32-bit floats: nothing is rounded.</summary>
    F32,

    /// <summary>16-bit IEEE floats, rounded to nearest even, with a power of two per output channel: half the bytes.</summary>
    F16,

    /// <summary>Signed 8-bit integers, symmetric, with a scale per output channel: a quarter of the bytes.</summary>
    I8,

    /// <summary>Brain floats, rounded to nearest even: half the bytes. Only for layers that multiply brain floats, and no choice of its own.</summary>
    BF16,
}
