namespace Attune.Kernels.Loops.X64;

/// <summary>What a <see cref="MachineInstruction"/> does. Some take several instructions of the machine.</summary>
internal enum MachineOperation
{
    /// <summary>A vector instruction of its own.</summary>
    Vector,

    /// <summary>Zeros in every lane of the destination.</summary>
    VectorZero,

    /// <summary>A copy of a vector.</summary>
    VectorMove,

    /// <summary>The immediate into the mask register that instructions with masks use.</summary>
    Mask,

    /// <summary>A copy of a general register, or what is in memory.</summary>
    Move,

    /// <summary>An argument: what is in the register of the machine that the immediate names.</summary>
    Argument,

    /// <summary>The immediate.</summary>
    Number,

    /// <summary>destination += operand.</summary>
    Add,

    /// <summary>destination += immediate.</summary>
    AddNumber,

    /// <summary>The address of memory.</summary>
    Address,

    /// <summary>destination *= operand.</summary>
    Multiply,

    /// <summary>operand * immediate.</summary>
    MultiplyNumber,

    /// <summary>source / operand, towards zero.</summary>
    Divide,

    /// <summary>What source / operand leaves.</summary>
    Remainder,

    /// <summary>Compares source with operand.</summary>
    Compare,

    /// <summary>Compares operand with the immediate.</summary>
    CompareNumber,

    /// <summary>destination = operand, where the condition holds.</summary>
    MoveIf,

    /// <summary>Goes to the label that the immediate names, where the condition holds or there is none.</summary>
    Jump,

    /// <summary>The label that the immediate names stands here.</summary>
    Label,

    /// <summary>The label that the immediate names stands here and is jumped to often.</summary>
    LoopLabel,

    /// <summary>Asks for a cache line.</summary>
    Prefetch,

    /// <summary>Says how many rows and words each tile register has: what is in memory.</summary>
    TileConfigure,

    /// <summary>Zeros in the tile register that the immediate names.</summary>
    TileZero,

    /// <summary>Rows from memory, as many bytes apart as the source says, into the tile register that the immediate names.</summary>
    TileLoad,

    /// <summary>The tile register that the immediate names into rows of memory, as many bytes apart as the source says.</summary>
    TileStore,

    /// <summary>A product of tile registers; the immediate names all three and what they hold (<see cref="TileOperands"/>).</summary>
    TileMultiply,

    /// <summary>Gives the tile registers back: whoever is interrupted need not keep them.</summary>
    TileRelease,

    /// <summary>The destination holds anything from here on; no code.</summary>
    Undefined,
}
