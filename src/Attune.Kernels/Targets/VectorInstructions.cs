namespace Attune.Kernels.Targets;

/// <summary>Instructions that decide which code is generated for a target; what none of them covers is written in portable operations.</summary>
[Flags]
public enum VectorInstructions
{
    /// <summary>Portable operations only.</summary>
    None = 0,

    /// <summary>Prefetching (x86 SSE).</summary>
    Prefetch = 1,

    /// <summary>Fused multiply-add (x86 FMA, Arm AdvSIMD).</summary>
    FusedMultiplyAdd = 2,

    /// <summary>Widening loads into 128 bits (x86 SSE4.1).</summary>
    Widen128 = 4,

    /// <summary>Widening loads into 256 bits (x86 AVX2).</summary>
    Widen256 = 8,

    /// <summary>Widening loads into 512 bits (x86 AVX-512F).</summary>
    Widen512 = 16,

    /// <summary>32 vector registers at every width (x86 AVX-512VL, Arm64).</summary>
    ManyRegisters = 32,

    /// <summary>Products of four neighbouring bytes in vectors of up to 256 bits (x86 AVX-VNNI).</summary>
    DotProduct256 = 64,

    /// <summary>Products of four neighbouring bytes in vectors of any width (x86 AVX512-VNNI with AVX-512VL); the JIT knows no such instruction.</summary>
    DotProduct512 = 128,

    /// <summary>
    /// Products of two neighbouring brain floats, and rounding to them, in vectors of any width (x86 AVX512-BF16 with AVX-512VL); the JIT knows no such
    /// instruction.
    /// </summary>
    BFloat16Products = 256,

    /// <summary>
    /// Products of matrices in registers of their own (x86 AMX: tiles, 8-bit integers and BF16), for which the system must give leave; the JIT knows no such
    /// instruction.
    /// </summary>
    MatrixTiles = 512,
}
