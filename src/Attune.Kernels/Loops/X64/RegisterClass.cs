namespace Attune.Kernels.Loops.X64;

/// <summary>Kinds of registers.</summary>
internal enum RegisterClass
{
    /// <summary>64-bit integers and addresses.</summary>
    General,

    /// <summary>Vectors.</summary>
    Vector,
}
