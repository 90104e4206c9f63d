namespace Attune.Kernels.Loops.X64;

/// <summary>
/// What an instruction reads or writes last: a register, memory or a constant. Registers are virtual before they are allocated and numbers of the machine
/// afterwards.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Register">The register, or the one that holds the address.</param>
/// <param name="Offset">Bytes after the address, or where the constant is among the constants.</param>
/// <param name="Broadcast">True when one number is read into every lane.</param>
internal readonly record struct Operand(OperandKind Kind, int Register, int Offset, bool Broadcast)
{
    public static Operand None { get; } = new(OperandKind.None, -1, 0, false);

    public bool IsRegister => Kind == OperandKind.Register;

    public static Operand Of(int register) => new(OperandKind.Register, register, 0, false);

    public static Operand Memory(int address, int offset = 0, bool broadcast = false) => new(OperandKind.Memory, address, offset, broadcast);

    public static Operand Constant(int place, bool broadcast = false) => new(OperandKind.Constant, -1, place, broadcast);
}
