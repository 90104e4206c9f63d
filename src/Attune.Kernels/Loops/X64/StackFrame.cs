using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <summary>
/// What a function does to the stack: registers that it must leave as they were, and slots for what has no register. From low addresses on: slots, kept
/// vectors, the stack's address before.
/// </summary>
internal sealed class StackFrame
{
    /// <summary>Bytes of the largest frame; a kernel that needs more would mostly move vectors to and fro.</summary>
    public const int MaxBytes = 64 << 10;

    private const int VectorBytes = 16;
    private const int Alignment = 64;

    // Systems put one untouched page behind the stack and make it longer when that one is touched.
    private const int Page = 4096;
    private readonly ImmutableArray<int> kept;
    private readonly ImmutableArray<int> keptVectors;
    private readonly int vectorsAt;
    private readonly int before;

    /// <summary>The frame of a function.</summary>
    public StackFrame(MachineProgram program, Allocation places, CallingConvention convention)
    {
        var used = new HashSet<(RegisterClass, int)>();
        for (int i = 0; i < places.Registers.Length; i++)
        {
            used.Add((program.Registers[i], places.Registers[i]));
        }

        used.UnionWith(places.VectorScratch.Select(register => (RegisterClass.Vector, register)));
        kept = [.. convention.Kept.Where(register => used.Contains((RegisterClass.General, register)))];
        keptVectors = [.. convention.KeptVectors.Where(register => used.Contains((RegisterClass.Vector, register)))];
        vectorsAt = (places.SlotBytes + VectorBytes - 1) / VectorBytes * VectorBytes;
        before = vectorsAt + (keptVectors.Length * VectorBytes);
        Bytes = before == 0 ? 0 : (before + sizeof(long) + Alignment - 1) / Alignment * Alignment;
    }

    /// <summary>Bytes, without registers that are pushed.</summary>
    public int Bytes { get; }

    /// <summary>A slot as memory.</summary>
    /// <param name="offset">Bytes from the first slot.</param>
    public Operand Slot(int offset) => Operand.Memory(GeneralRegister.Rsp, offset);

    /// <summary>The beginning of the function.</summary>
    public void Enter(Assembler assembler)
    {
        foreach (int register in kept)
        {
            assembler.Push(register);
        }

        if (Bytes == 0)
        {
            return;
        }

        assembler.Move(GeneralRegister.Rax, Operand.Of(GeneralRegister.Rsp));
        for (int touched = Page; touched < Bytes; touched += Page)
        {
            assembler.MoveTo(Operand.Memory(GeneralRegister.Rsp, -touched), GeneralRegister.Rax);
        }

        assembler.Add(Operand.Of(GeneralRegister.Rsp), -Bytes);
        assembler.And(Operand.Of(GeneralRegister.Rsp), -Alignment);
        assembler.MoveTo(Slot(before), GeneralRegister.Rax);
        Vectors(assembler, VectorOpcodes.Store);
    }

    /// <summary>The end of the function.</summary>
    public void Leave(Assembler assembler)
    {
        assembler.ZeroUpper();
        if (Bytes > 0)
        {
            Vectors(assembler, VectorOpcodes.Load);
            assembler.Move(GeneralRegister.Rsp, Slot(before));
        }

        foreach (int register in kept.Reverse())
        {
            assembler.Pop(register);
        }

        assembler.Return();
    }

    private void Vectors(Assembler assembler, VectorOpcode opcode)
    {
        for (int i = 0; i < keptVectors.Length; i++)
        {
            assembler.Vector(opcode, VectorWidth.Xmm, keptVectors[i], 0, Slot(vectorsAt + (i * VectorBytes)));
        }
    }
}
