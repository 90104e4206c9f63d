namespace Attune.Kernels.Loops.X64;

/// <summary>Which operand of a vector instruction stands in which field of its encoding.</summary>
internal enum VectorForm
{
    /// <summary>Destination in reg, first source in vvvv, second source or memory in rm.</summary>
    ThreeOperands,

    /// <summary>Destination in reg, source or memory in rm.</summary>
    FromOperand,

    /// <summary>Source in reg, destination or memory in rm.</summary>
    ToOperand,

    /// <summary>Destination in vvvv, source in rm, a part of the code in reg: shifts by constants.</summary>
    Shift,
}
