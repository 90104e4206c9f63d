namespace Attune.Kernels.Loops.X64;

/// <summary>An instruction whose registers are virtual: as many as it takes, each written by whoever has something to keep.</summary>
/// <param name="Operation">What it does.</param>
internal sealed record MachineInstruction(MachineOperation Operation)
{
    /// <summary>The instruction, of a <see cref="MachineOperation.Vector"/>.</summary>
    public VectorOpcode? Opcode { get; init; }

    /// <summary>Width of vectors.</summary>
    public VectorWidth Width { get; init; }

    /// <summary>What is written; -1 for nothing.</summary>
    public int Destination { get; init; } = -1;

    /// <summary>True when what the destination held counts: it is read before it is written.</summary>
    public bool Accumulates { get; init; }

    /// <summary>First source; -1 for none. For stores, what is stored.</summary>
    public int Source { get; init; } = -1;

    /// <summary>Last source; for stores, where to.</summary>
    public Operand Operand { get; init; } = Operand.None;

    /// <summary>When something is done; null for always.</summary>
    public Condition? Condition { get; init; }

    /// <summary>A number; the meaning depends on the operation.</summary>
    public long Immediate { get; init; }

    /// <summary>True when only the lanes in the mask register are computed or stored.</summary>
    public bool IsMasked { get; init; }
}
