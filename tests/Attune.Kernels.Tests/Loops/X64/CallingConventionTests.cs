using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using Assembler = Iced.Intel.Assembler;
using Buffer = Attune.Kernels.Loops.Buffer;
using CallingConvention = Attune.Kernels.Loops.X64.CallingConvention;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Functions of either convention, called by one of another assembler that fills all registers before and looks at them afterwards.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed unsafe class CallingConventionTests
{
    private const int Lanes = 8;
    private const int Count = 40;

    // Ten vector registers of 16 bytes, eight general ones, the stack's address before and after.
    private const int BlockBytes = (10 * 16) + (8 * 8) + 16;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Registers_that_must_be_kept_are_kept(bool windows)
    {
        CallingConvention convention = windows ? CallingConvention.Windows : CallingConvention.SystemV;
        foreach (VectorInstructions instructions in InstructionSets.Of(Lanes, products: false))
        {
            byte[] code = X64Lowering.Encode(Program(), instructions, convention).Value.ShouldNotBeNull();
            byte* before = (byte*)NativeMemory.AlignedAlloc(BlockBytes, 64);
            byte* after = (byte*)NativeMemory.AlignedAlloc(BlockBytes, 64);
            for (int i = 0; i < BlockBytes; i++)
            {
                (before[i], after[i]) = ((byte)(i * 37), 0);
            }

            KernelEntry entry = NativeKernel.Load(Around(code, windows && !OperatingSystem.IsWindows(), before, after)).Value.ShouldNotBeNull();
            float[][] memory = [MachineRun.Floats(new Random(5), 1024), new float[1024]];
            MachineRun.ShouldBeAlike(MachineRun.Run(entry, memory, 2), MachineRun.Interpreted(Program(), memory, 2), $"{convention} {instructions}");
            int vectors = windows ? 10 * 16 : 0;
            new Span<byte>(after + (160 - vectors), vectors).ToArray().ShouldBe(new Span<byte>(before + (160 - vectors), vectors).ToArray());
            foreach (int general in windows ? [0, 1, 2, 3, 4, 5, 6, 7] : new[] { 0, 1, 4, 5, 6, 7 })
            {
                ((long*)(after + 160))[general].ShouldBe(((long*)(before + 160))[general], $"register {general} {instructions}");
            }

            ((long*)(after + 160))[8].ShouldBe(((long*)(after + 160))[9], "the stack");
            NativeMemory.AlignedFree(before);
            NativeMemory.AlignedFree(after);
        }
    }

    // Many vectors and many addresses, so that all registers are used.
    private static LoopProgram Program()
    {
        var (begin, end, u, k, i) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"), new LoopVariable("k"), new LoopVariable("i"));
        var (x, y) = (new Buffer("x", 0), new Buffer("y", 1));
        var tile = new RegisterTile("t", Count);
        var one = new LoopVariable("one");
        LoopVariable[] counters = [.. Enumerable.Range(0, 10).Select(level => new LoopVariable($"c{level}"))];
        ImmutableArray<Statement> body =
        [
            new Loop(
                i, 0, Count, 1, LoopKind.Unrolled, [new Assign(tile, [i], new MultiplyAdd(new Load(x, (Index)k + i), new Load(x, i), new Read(tile, [i])))]),
        ];
        foreach (LoopVariable counter in counters)
        {
            body = [new Loop(counter, 0, one, 1, LoopKind.Serial, [.. body, new Store(y, 1000, new Load(x, (Index)counter * 5))])];
        }

        return new LoopProgram("kept", Lanes, [x, y], begin, end,
        [
            new Loop(u, begin, end, 1, LoopKind.Serial,
            [
                new Loop(i, 0, Count, 1, LoopKind.Unrolled, [new Assign(tile, [i], new Load(x, i))]),
                new Let(one, IndexOperation.Minimum, (Index)u + 1, 1),
                new Loop(k, 0, 2, 1, LoopKind.Serial, body),
                new Loop(i, 0, Count, 1, LoopKind.Unrolled, [new Store(y, ((Index)u * 8) + ((Index)i * Lanes), new Read(tile, [i]))]),
            ]),
        ]);
    }

    private static byte[] Around(byte[] code, bool translate, byte* before, byte* after)
    {
        var a = new Assembler(64);
        AssemblerRegister64[] kept = [rbx, rbp, rdi, rsi, r12, r13, r14, r15];
        AssemblerRegisterXMM[] vectors = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
        Array.ForEach(kept, register => a.push(register));
        if (translate)
        {
            a.mov(rcx, rdi);
            a.mov(r8, rdx);
            a.mov(rdx, rsi);
        }

        a.mov(rax, (ulong)before);
        for (int i = 0; i < vectors.Length; i++)
        {
            a.vmovups(vectors[i], __[rax + (i * 16)]);
        }

        for (int i = 0; i < kept.Length; i++)
        {
            if (translate || i is not (2 or 3))
            {
                a.mov(kept[i], __[rax + 160 + (i * 8)]);
            }
        }

        a.mov(rax, (ulong)after);
        a.mov(__[rax + 224], rsp);
        a.sub(rsp, 40);
        Label function = a.CreateLabel();
        a.call(function);
        a.add(rsp, 40);
        a.mov(rax, (ulong)after);
        a.mov(__[rax + 232], rsp);
        for (int i = 0; i < vectors.Length; i++)
        {
            a.vmovups(__[rax + (i * 16)], vectors[i]);
        }

        for (int i = 0; i < kept.Length; i++)
        {
            a.mov(__[rax + 160 + (i * 8)], kept[i]);
        }

        foreach (AssemblerRegister64 register in kept.Reverse())
        {
            a.pop(register);
        }

        a.ret();

        // The function lies behind: the label stands on an instruction that it replaces.
        using var written = new MemoryStream();
        a.Label(ref function);
        a.nop();
        AssemblerResult result = a.Assemble(new StreamCodeWriter(written), 0, BlockEncoderOptions.ReturnNewInstructionOffsets);
        int at = (int)result.GetLabelRIP(function);
        byte[] all = new byte[at + code.Length];
        written.ToArray().AsSpan(0, at).CopyTo(all);
        code.CopyTo(all, at);
        return all;
    }
}
