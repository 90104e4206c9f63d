using Attune.Kernels.Loops.X64;
using Iced.Intel;
using Assembler = Attune.Kernels.Loops.X64.Assembler;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Another program's decoder finds in our bytes the instruction and the operands that were asked for.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class VectorEncodingTests
{
    private const int Samples = 300;

    // Around the limits of displacements of one byte, plain and counted in units, and of four.
    private static readonly int[] Offsets =
    [
        0, 1, 4, 8, 16, 32, 64, 126, 127, 128, 129, -1, -4, -127, -128, -129, -130, 508, 512, 2032, 2048, -512, -516, -2048, -2064, 4064, 4096, -4096, -4128,
        8128, 8129, 8192, -8192, -8256, 1 << 20, -(1 << 20), int.MaxValue, int.MinValue,
    ];

    public static TheoryData<string> Names => [.. VectorOpcodes.All.Select(Title).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_instruction_is_decoded_as_what_was_encoded(string title)
    {
        VectorOpcode opcode = VectorOpcodes.All.Single(one => Title(one) == title);
        var random = new Random(17);
        int vex = 0;
        int evex = 0;
        for (int i = 0; i < Samples; i++)
        {
            int registers = opcode.HasEvex && (random.Next(2) == 0 || !opcode.HasVex) ? 32 : 16;
            VectorWidth width = WidthOf(opcode, registers, random);
            int register = random.Next(registers);
            int source = random.Next(registers);
            Operand operand = OperandOf(opcode, registers, random);
            int mask = registers == 32 && opcode.Form != VectorForm.Shift && opcode.Name is not ("vmovlps" or "vmovss") ? random.Next(8) : 0;
            int immediate = opcode.HasImmediate ? random.Next(256) : 0;
            var assembler = new Assembler();
            assembler.Vector(opcode, width, register, source, operand, immediate, mask);
            Instruction read = Decoded.Only(assembler.Finish(new ConstantPool()));
            string what = $"{title} {width} {register}, {source}, {operand}, {immediate} {{k{mask}}}: {read}";

            bool isEvex = read.Encoding == EncodingKind.EVEX;
            (isEvex ? evex++ : vex++).ShouldBeGreaterThanOrEqualTo(0);
            read.Mnemonic.ToString().ToLowerInvariant().ShouldBe(isEvex ? opcode.EvexName : opcode.Name, what);
            read.OpMask.ShouldBe(mask == 0 ? Register.None : Register.K0 + mask, what);
            Check(opcode, width, register, source, operand, immediate, read, what);
        }

        (vex > 0).ShouldBe(opcode.HasVex);
        (evex > 0).ShouldBe(opcode.HasEvex);
    }

    [Fact]
    public void What_an_instruction_cannot_do_is_refused()
    {
        Should.Throw<InvalidOperationException>(() => new Assembler().Vector(VectorOpcodes.PackWords, VectorWidth.Zmm, 1, 2, Operand.Of(3)));
        Should.Throw<InvalidOperationException>(() => new Assembler().Vector(VectorOpcodes.BlendByConstant, VectorWidth.Ymm, 1, 2, Operand.Of(16), 3));
        Should.Throw<InvalidOperationException>(
            () => new Assembler().Vector(VectorOpcodes.MultiplyPairs, VectorWidth.Zmm, 1, 2, Operand.Memory(3, 0, broadcast: true)));
    }

    private static string Title(VectorOpcode opcode)
    {
        string encoding = opcode.HasVex && opcode.HasEvex ? string.Empty : opcode.HasVex ? " VEX" : " EVEX";
        return $"{opcode.Name}{encoding}{(opcode.Form == VectorForm.ToOperand ? " store" : string.Empty)}";
    }

    private static VectorWidth WidthOf(VectorOpcode opcode, int registers, Random random) => opcode.Name switch
    {
        "vmovss" or "vmovlps" or "vmovd" or "vmovq" or "vpextrw" or "vpextrb" => VectorWidth.Xmm,
        "vextractf64x4" => VectorWidth.Zmm,
        "vextractf128" => registers == 16 ? VectorWidth.Ymm : (VectorWidth)random.Next(1, 3),
        "vbroadcastss" when registers == 32 => (VectorWidth)random.Next(3),
        _ => (VectorWidth)random.Next(registers == 32 ? 3 : 2),
    };

    private static Operand OperandOf(VectorOpcode opcode, int registers, Random random)
    {
        bool memoryOnly = opcode.Name is "vmovlps" or "vmovss" or "vmovd" or "vmovq" or "vpextrw" or "vpextrb";
        bool registerOnly = opcode.Form == VectorForm.Shift;
        if (registerOnly || (!memoryOnly && random.Next(3) == 0))
        {
            return Operand.Of(random.Next(registers));
        }

        bool broadcast = registers == 32 && opcode.Broadcasts && random.Next(3) == 0;
        return Operand.Memory(random.Next(16), Offsets[random.Next(Offsets.Length)], broadcast);
    }

    private static void Check(
        VectorOpcode opcode, VectorWidth width, int register, int source, Operand operand, int immediate, Instruction read, string what)
    {
        int last = opcode.Form == VectorForm.ThreeOperands ? 2 : 1;
        if (opcode.Form == VectorForm.ToOperand)
        {
            Decoded.VectorOf(read.GetOpRegister(1)).ShouldBe(register, what);
            last = 0;
        }
        else
        {
            Decoded.VectorOf(read.GetOpRegister(0)).ShouldBe(register, what);
            VectorWidth written = opcode == VectorOpcodes.RoundToBrainFloats ? (VectorWidth)Math.Max(0, (int)width - 1) : width;
            read.GetOpRegister(0).ShouldBe(Decoded.Vector(written, register), what);
        }

        if (opcode.Form == VectorForm.ThreeOperands)
        {
            Decoded.VectorOf(read.GetOpRegister(1)).ShouldBe(source, what);
        }

        if (operand.IsRegister)
        {
            Decoded.VectorOf(read.GetOpRegister(last)).ShouldBe(operand.Register, what);
        }
        else
        {
            read.GetOpKind(last).ShouldBe(OpKind.Memory, what);
            read.MemoryBase.ShouldBe(Register.RAX + operand.Register, what);
            read.MemoryIndex.ShouldBe(Register.None, what);
            unchecked((int)read.MemoryDisplacement64).ShouldBe(operand.Offset, what);
            read.IsBroadcast.ShouldBe(operand.Broadcast, what);
        }

        if (opcode.HasImmediate)
        {
            ((int)read.Immediate8).ShouldBe(immediate, what);
        }
    }
}
