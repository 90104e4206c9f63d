using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Attune.Kernels.Loops.X64;

/// <summary>
/// Encodes instructions of x86-64 as bytes: general ones here, vectors in VEX and EVEX, with jumps to labels and constants that lie behind the code.
/// Registers are the machine's numbers.
/// </summary>
internal sealed partial class Assembler
{
    private const int LongForm = 4;
    private readonly List<byte> bytes = [];
    private readonly List<int> labels = [];
    private readonly List<(int At, int Label)> jumps = [];
    private readonly List<(int At, int End, int Place)> constants = [];

    /// <summary>Bytes so far.</summary>
    public int Length => bytes.Count;

    /// <summary>A label that stands nowhere yet.</summary>
    public int Label()
    {
        labels.Add(-1);
        return labels.Count - 1;
    }

    /// <summary>Puts a label here.</summary>
    public void Bind(int label) => labels[label] = bytes.Count;

    public void Jump(int label)
    {
        bytes.Add(0xE9);
        jumps.Add((bytes.Count, label));
        Add32(0);
    }

    public void Jump(Condition condition, int label)
    {
        bytes.Add(0x0F);
        bytes.Add((byte)(0x80 | (int)condition));
        jumps.Add((bytes.Count, label));
        Add32(0);
    }

    public void Return() => bytes.Add(0xC3);

    /// <summary>Marks the upper halves of all vector registers as unused, without which code of others that uses older instructions is slow.</summary>
    public void ZeroUpper() => bytes.AddRange([0xC5, 0xF8, 0x77]);

    /// <summary>Fills with instructions that do nothing.</summary>
    /// <param name="alignment">Bytes, a power of two.</param>
    public void Align(int alignment)
    {
        byte[][] fillers =
        [
            [0x90], [0x66, 0x90], [0x0F, 0x1F, 0x00], [0x0F, 0x1F, 0x40, 0x00], [0x0F, 0x1F, 0x44, 0x00, 0x00], [0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00],
            [0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00], [0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        ];
        int missing = -bytes.Count & (alignment - 1);
        while (missing > 0)
        {
            byte[] filler = fillers[Math.Min(missing, fillers.Length) - 1];
            bytes.AddRange(filler);
            missing -= filler.Length;
        }
    }

    /// <summary>The code with the constants behind it; jumps and addresses of constants are filled in.</summary>
    /// <exception cref="InvalidOperationException">A label that is jumped to stands nowhere.</exception>
    public byte[] Finish(ConstantPool pool)
    {
        foreach ((int at, int label) in jumps)
        {
            int target = labels[label] >= 0 ? labels[label] : throw new InvalidOperationException($"Label {label} stands nowhere.");
            Patch(at, target - (at + LongForm));
        }

        if (pool.Bytes.Count > 0)
        {
            Align(ConstantPool.Alignment);
        }

        int start = bytes.Count;
        foreach ((int at, int end, int place) in constants)
        {
            Patch(at, start + place - end);
        }

        bytes.AddRange(pool.Bytes);
        return [.. bytes];
    }

    // ModRM and what follows it, but for an immediate, whose bytes come after and count for addresses that are relative to the end.
    private void Modify(int reg, Operand operand, int unit, int immediateBytes)
    {
        int field = (reg & 7) << 3;
        if (operand.IsRegister)
        {
            bytes.Add((byte)(0xC0 | field | (operand.Register & 7)));
            return;
        }

        if (operand.Kind == OperandKind.Constant)
        {
            bytes.Add((byte)(field | 5));
            constants.Add((bytes.Count, bytes.Count + LongForm + immediateBytes, operand.Offset));
            Add32(0);
            return;
        }

        int low = operand.Register & 7;
        bool isShort = operand.Offset % unit == 0 && operand.Offset / unit is >= sbyte.MinValue and <= sbyte.MaxValue;
        int mode = operand.Offset == 0 && low != GeneralRegister.Rbp ? 0 : isShort ? 0x40 : 0x80;
        bytes.Add((byte)(mode | field | low));
        if (low == GeneralRegister.Rsp)
        {
            bytes.Add(0x24);
        }

        if (mode == 0x40)
        {
            bytes.Add((byte)(operand.Offset / unit));
        }
        else if (mode == 0x80)
        {
            Add32(operand.Offset);
        }
    }

    private void Add32(int number)
    {
        Span<byte> four = stackalloc byte[LongForm];
        BinaryPrimitives.WriteInt32LittleEndian(four, number);
        bytes.AddRange(four);
    }

    private void Patch(int at, int number) => BinaryPrimitives.WriteInt32LittleEndian(CollectionsMarshal.AsSpan(bytes)[at..], number);
}
