namespace Attune.Kernels.Loops;

/// <summary>What a product of two matrix tiles multiplies and adds up.</summary>
internal enum TileProducts
{
    /// <summary>Four neighbours of a word: unsigned bytes on the left, signed bytes on the right. Sums are integers of 32 bits that wrap around.</summary>
    Bytes,

    /// <summary>
    /// Two neighbours of a word, brain floats on both sides. Sums are floats: first neighbours and second ones are added up apart, each with one rounding after
    /// every product, and together with what the sum was before in the end. Numbers below the smallest normal float count as zero.
    /// </summary>
    BrainFloats,
}
