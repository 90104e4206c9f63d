namespace Attune.Kernels.Loops.X64;

/// <summary>Bits of a vector register that an instruction uses; the numbers are those of the field L of its encoding.</summary>
internal enum VectorWidth
{
    /// <summary>128 bits, 4 lanes.</summary>
    Xmm = 0,

    /// <summary>256 bits, 8 lanes.</summary>
    Ymm = 1,

    /// <summary>512 bits, 16 lanes.</summary>
    Zmm = 2,
}
