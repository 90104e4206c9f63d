namespace Attune.Kernels.Loops.X64;

/// <summary>How much memory an EVEX instruction touches, which is also the unit of its displacements of one byte.</summary>
internal enum MemoryTuple
{
    /// <summary>A whole vector, or one number broadcast to its lanes.</summary>
    Full,

    /// <summary>A whole vector; there is no broadcast.</summary>
    FullMemory,

    /// <summary>Half a vector: what is widened from 16 bits.</summary>
    Half,

    /// <summary>A quarter of a vector: what is widened from 8 bits or narrowed to them.</summary>
    Quarter,

    /// <summary>4 bytes.</summary>
    Word,

    /// <summary>8 bytes.</summary>
    TwoWords,

    /// <summary>16 bytes.</summary>
    FourWords,

    /// <summary>32 bytes.</summary>
    EightWords,
}
