namespace Attune.Kernels.Loops.X64;

/// <summary>How products of bytes are computed.</summary>
internal enum VectorInstructionChoice
{
    /// <summary>By the instruction of AVX512-VNNI.</summary>
    Evex,

    /// <summary>By the instruction of AVX-VNNI.</summary>
    Vex,

    /// <summary>By instructions for pairs of 16 bits.</summary>
    Pairs,
}
