namespace Attune.Kernels.Loops;

/// <summary>How far a program has come on its way from a template to a lowering; later stages promise more.</summary>
internal enum LoopStage
{
    /// <summary>As the template built it.</summary>
    Built,

    /// <summary>No loop is left to unroll, and every subscript of a register tile is constant.</summary>
    Unrolled,

    /// <summary>Arithmetic only: no exp, tanh or tail of the normal distribution.</summary>
    Plain,
}
