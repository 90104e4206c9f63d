namespace Attune.Kernels.Loops.X64;

/// <summary>Instructions with virtual registers, in the order in which they will lie, and the loops among them.</summary>
internal sealed class MachineProgram
{
    private readonly List<RegisterClass> registers = [];
    private readonly List<MachineInstruction> instructions = [];
    private readonly List<MachineLoop> loops = [];

    /// <summary>The instructions.</summary>
    public IReadOnlyList<MachineInstruction> Instructions => instructions;

    /// <summary>Loops, inner ones before those around them.</summary>
    public IReadOnlyList<MachineLoop> Loops => loops;

    /// <summary>Kind of every virtual register.</summary>
    public IReadOnlyList<RegisterClass> Registers => registers;

    /// <summary>Constants.</summary>
    public ConstantPool Constants { get; } = new();

    /// <summary>Labels so far.</summary>
    public int Labels { get; private set; }

    /// <summary>A new virtual register.</summary>
    public int NewRegister(RegisterClass kind)
    {
        registers.Add(kind);
        return registers.Count - 1;
    }

    /// <summary>A new label.</summary>
    public int NewLabel() => Labels++;

    public void Add(MachineInstruction instruction) => instructions.Add(instruction);

    /// <summary>Says that everything from an instruction on was a loop.</summary>
    public void EndLoop(int first) => loops.Add(new MachineLoop(first, instructions.Count - 1));
}
