namespace Attune.Kernels.Loops.X64;

/// <summary>One vector instruction as its encodings need it.</summary>
/// <param name="Name">Mnemonic of the VEX form, or of the only one.</param>
/// <param name="Prefix">Field pp: 0 for none, 1 for 66, 2 for F3, 3 for F2.</param>
/// <param name="Map">Map of codes: 1 for 0F, 2 for 0F38, 3 for 0F3A.</param>
/// <param name="Code">The code.</param>
/// <param name="Form">Where operands stand.</param>
/// <param name="Tuple">Memory that the EVEX form touches.</param>
internal sealed record VectorOpcode(string Name, int Prefix, int Map, byte Code, VectorForm Form, MemoryTuple Tuple)
{
    /// <summary>True when there is a VEX form: up to 256 bits, registers 0 to 15.</summary>
    public bool HasVex { get; init; } = true;

    /// <summary>True when there is an EVEX form: any width, registers 0 to 31, masks and broadcasts.</summary>
    public bool HasEvex { get; init; } = true;

    /// <summary>Mnemonic of the EVEX form, where it is another one.</summary>
    public string EvexName { get; init; } = Name;

    /// <summary>Field W of the EVEX form.</summary>
    public bool EvexW { get; init; }

    /// <summary>True when a byte follows that says more.</summary>
    public bool HasImmediate { get; init; }

    /// <summary>What a <see cref="VectorForm.Shift"/> has in reg.</summary>
    public int Extension { get; init; }

    /// <summary>True when one number in memory can be broadcast by the instruction itself, in the EVEX form.</summary>
    public bool Broadcasts => HasEvex && Tuple == MemoryTuple.Full;

    /// <summary>Bytes that a displacement of one byte counts in, in the EVEX form.</summary>
    /// <param name="width">Width of the vectors.</param>
    /// <param name="broadcast">True when one number is broadcast.</param>
    public int DisplacementUnit(VectorWidth width, bool broadcast)
    {
        int bytes = 16 << (int)width;
        return Tuple switch
        {
            MemoryTuple.Full => broadcast ? sizeof(float) : bytes,
            MemoryTuple.FullMemory => bytes,
            MemoryTuple.Half => bytes / 2,
            MemoryTuple.Quarter => bytes / 4,
            MemoryTuple.Word => 4,
            MemoryTuple.TwoWords => 8,
            MemoryTuple.FourWords => 16,
            MemoryTuple.EightWords => 32,
            _ => throw new InvalidOperationException($"Unknown tuple {Tuple}."),
        };
    }
}
