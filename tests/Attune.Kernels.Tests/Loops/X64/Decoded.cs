using Iced.Intel;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Code as another program's decoder reads it.</summary>
internal static class Decoded
{
    /// <summary>The only instruction of some code.</summary>
    public static Instruction Only(byte[] code)
    {
        Instruction[] all = All(code);
        all.Length.ShouldBe(1, Convert.ToHexString(code));
        all[0].Length.ShouldBe(code.Length);
        return all[0];
    }

    /// <summary>All instructions of some code, none of which may be invalid.</summary>
    public static Instruction[] All(byte[] code)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code));
        var found = new List<Instruction>();
        while (decoder.IP < (ulong)code.Length)
        {
            Instruction read = decoder.Decode();
            read.IsInvalid.ShouldBeFalse(Convert.ToHexString(code));
            found.Add(read);
        }

        return [.. found];
    }

    /// <summary>An instruction as text: numbers are decimal and have signs, sizes of memory are left out.</summary>
    public static string Text(Instruction instruction)
    {
        var formatter = new IntelFormatter
        {
            Options =
            {
                NumberBase = NumberBase.Decimal,
                SignedImmediateOperands = true,
                MemorySizeOptions = MemorySizeOptions.Never,
                ShowBranchSize = false,
                SmallHexNumbersInDecimal = true,
                UsePseudoOps = false,
            },
        };
        var text = new StringOutput();
        formatter.Format(instruction, text);
        return text.ToString();
    }

    /// <summary>The number of a vector register, whatever its width.</summary>
    public static int VectorOf(Register register) => register switch
    {
        >= Register.XMM0 and <= Register.XMM31 => register - Register.XMM0,
        >= Register.YMM0 and <= Register.YMM31 => register - Register.YMM0,
        >= Register.ZMM0 and <= Register.ZMM31 => register - Register.ZMM0,
        _ => -1,
    };

    /// <summary>A vector register by width and number.</summary>
    public static Register Vector(Attune.Kernels.Loops.X64.VectorWidth width, int number) =>
        (Register)((int)(new[] { Register.XMM0, Register.YMM0, Register.ZMM0 })[(int)width] + number);
}
