namespace Attune.Kernels.Loops.X64;

/// <summary>What an <see cref="Operand"/> is.</summary>
internal enum OperandKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A register.</summary>
    Register,

    /// <summary>Memory at an address in a register.</summary>
    Memory,

    /// <summary>A constant behind the code.</summary>
    Constant,
}
