namespace Attune.Compile.Compute;

/// <summary>What the layers of a network of floats multiply.</summary>
public enum ComputeFormat
{
    /// <summary>Floats of 32 bits.</summary>
    F32,

    /// <summary>Brain floats, which have the range of floats and 8 bits of precision; sums stay floats of 32 bits.</summary>
    BF16,
}
