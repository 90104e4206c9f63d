using System.Buffers.Binary;

namespace Attune.Kernels.Loops.X64;

/// <content>General instructions, all on 64 bits. Operands are registers or memory.</content>
internal sealed partial class Assembler
{
    public void Move(int destination, Operand source) => General(0x8B, destination, source);

    public void MoveTo(Operand destination, int source) => General(0x89, source, destination);

    /// <summary>Loads a number in the shortest of its three forms.</summary>
    public void Move(int destination, long number)
    {
        if (number is >= 0 and <= uint.MaxValue)
        {
            Extend(destination);
            bytes.Add((byte)(0xB8 | (destination & 7)));
            Add32(unchecked((int)(uint)number));
        }
        else if (number is >= int.MinValue and < 0)
        {
            General(0xC7, 0, Operand.Of(destination), 0, LongForm);
            Add32((int)number);
        }
        else
        {
            bytes.Add((byte)(0x48 | (destination >> 3)));
            bytes.Add((byte)(0xB8 | (destination & 7)));
            Span<byte> eight = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            bytes.AddRange(eight);
        }
    }

    public void Add(int destination, Operand source) => General(0x03, destination, source);

    public void Add(Operand destination, int number) => WithNumber(0, destination, number);

    public void And(Operand destination, int number) => WithNumber(4, destination, number);

    public void Compare(Operand left, int number) => WithNumber(7, left, number);

    public void Compare(int left, Operand right) => General(0x3B, left, right);

    public void Multiply(int destination, Operand source) => General(0xAF, destination, source, map: 1);

    public void Multiply(int destination, Operand source, int factor)
    {
        bool isShort = factor is >= sbyte.MinValue and <= sbyte.MaxValue;
        General((byte)(isShort ? 0x6B : 0x69), destination, source, 0, isShort ? 1 : LongForm);
        AddNumber(factor, isShort);
    }

    /// <summary>Divides what is in rax, whose sign is spread into rdx: quotient in rax, remainder in rdx.</summary>
    public void Divide(Operand divisor)
    {
        bytes.AddRange([0x48, 0x99]);
        General(0xF7, 7, divisor);
    }

    public void Move(Condition condition, int destination, Operand source) => General((byte)(0x40 | (int)condition), destination, source, map: 1);

    /// <summary>Computes an address.</summary>
    public void Address(int destination, Operand memory) => General(0x8D, destination, memory);

    public void Push(int register)
    {
        Extend(register);
        bytes.Add((byte)(0x50 | (register & 7)));
    }

    public void Pop(int register)
    {
        Extend(register);
        bytes.Add((byte)(0x58 | (register & 7)));
    }

    /// <summary>Asks for a cache line, into all levels.</summary>
    public void Prefetch(Operand memory)
    {
        if (memory.Register > 7)
        {
            bytes.Add(0x41);
        }

        bytes.AddRange([0x0F, 0x18]);
        Modify(1, memory, 1, 0);
    }

    /// <summary>Copies the low 16 bits of a general register into a mask register.</summary>
    public void MoveToMask(int mask, int source)
    {
        if (source > 7)
        {
            bytes.AddRange([0xC4, 0xC1, 0x78]);
        }
        else
        {
            bytes.AddRange([0xC5, 0xF8]);
        }

        bytes.Add(0x92);
        Modify(mask, Operand.Of(source), 1, 0);
    }

    private void WithNumber(int extension, Operand destination, int number)
    {
        bool isShort = number is >= sbyte.MinValue and <= sbyte.MaxValue;
        General((byte)(isShort ? 0x83 : 0x81), extension, destination, 0, isShort ? 1 : LongForm);
        AddNumber(number, isShort);
    }

    private void General(byte code, int reg, Operand operand, int map = 0, int immediateBytes = 0)
    {
        bytes.Add((byte)(0x48 | (reg > 7 ? 4 : 0) | (operand.Register > 7 ? 1 : 0)));
        if (map == 1)
        {
            bytes.Add(0x0F);
        }

        bytes.Add(code);
        Modify(reg, operand, 1, immediateBytes);
    }

    private void Extend(int register)
    {
        if (register > 7)
        {
            bytes.Add(0x41);
        }
    }

    private void AddNumber(int number, bool isShort)
    {
        if (isShort)
        {
            bytes.Add(unchecked((byte)number));
        }
        else
        {
            Add32(number);
        }
    }
}
