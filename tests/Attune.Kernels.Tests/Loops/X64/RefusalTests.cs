using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>What becomes no machine code is refused with the reason, and the JIT serves.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class RefusalTests
{
    private const VectorInstructions All = (VectorInstructions)~0;
    private static readonly Buffer X = new("x", 0, DataType.Int32);
    private static readonly Buffer Y = new("y", 1, DataType.Int32);
    private static readonly LoopVariable U = new("u");

    [Theory]
    [InlineData(16, VectorInstructions.Widen512, "AVX-512")]
    [InlineData(16, VectorInstructions.ManyRegisters, "AVX-512")]
    [InlineData(16, VectorInstructions.FusedMultiplyAdd, "AVX-512")]
    [InlineData(8, VectorInstructions.FusedMultiplyAdd, "AVX2 and FMA")]
    [InlineData(4, VectorInstructions.Widen256, "AVX2 and FMA")]
    public void Missing_instructions_are_named(int lanes, VectorInstructions missing, string named) =>
        X64Lowering.Encode(Program(lanes, Copy(lanes)), All & ~missing, CallingConvention.SystemV).Error.ShouldNotBeNull().ShouldContain(named);

    [Fact]
    public void Programs_for_groups_are_refused()
    {
        var lane = new LoopVariable("lane");
        LoopProgram program = Program(1) with { Body = [new Loop(lane, 0, 4, 1, LoopKind.Lane, [new Store(Y, lane, new Load(X, lane))])] };
        X64Lowering.Encode(program, All, CallingConvention.SystemV).Error.ShouldNotBeNull().ShouldContain("groups of lanes");
    }

    [Fact]
    public void Divisors_that_may_be_zero_are_refused_and_left_to_the_jit()
    {
        var quotient = new LoopVariable("q");
        var divide = new Let(quotient, IndexOperation.Divide, (Index)U + 8, (Index)U + 1);
        LoopProgram program = Program(4, divide, new Store(Y, quotient, new Load(X, (Index)U * 4)));
        X64Lowering.Encode(program, All, CallingConvention.SystemV).Error.ShouldNotBeNull().ShouldContain("'q' divides by u + 1");
        IsOwn(program, HostTarget.Of(4) with { MachineCode = MachineCodeUse.All }).ShouldBeFalse();
    }

    [Fact]
    public void Distances_that_no_instruction_reaches_are_refused() =>
        X64Lowering.Encode(Program(4, new Store(Y, (Index)U + (1L << 30), new Load(X, U))), All, CallingConvention.SystemV)
            .Error.ShouldNotBeNull().ShouldContain("2^31");

    [Fact]
    public void Programs_without_end_are_refused()
    {
        var i = new LoopVariable("i");
        LoopProgram program = Program(4, new Loop(i, 0, 30_000, 1, LoopKind.Unrolled, [new Store(Y, (Index)i * 4, new Load(X, (Index)i * 4))]));
        X64Lowering.Encode(program, All, CallingConvention.SystemV).Error.ShouldNotBeNull().ShouldContain("instructions");
    }

    [Theory]
    [InlineData(null, null, MachineCodeUse.ByteProducts)]
    [InlineData("", null, MachineCodeUse.ByteProducts)]
    [InlineData("0", null, MachineCodeUse.None)]
    [InlineData("1", null, MachineCodeUse.All)]
    [InlineData("1", "hardened", MachineCodeUse.None)]
    [InlineData(null, "hardened", MachineCodeUse.None)]
    public void What_a_person_says_decides_unless_the_system_refuses(string? setting, string? refusal, MachineCodeUse expected) =>
        HostTarget.UseOf(setting, refusal).ShouldBe(expected);

    [Theory]
    [InlineData(MachineCodeUse.None, false, false)]
    [InlineData(MachineCodeUse.ByteProducts, false, true)]
    [InlineData(MachineCodeUse.All, true, true)]
    public void The_target_says_which_kernels_become_machine_code(MachineCodeUse use, bool plain, bool products)
    {
        const VectorInstructions both = VectorInstructions.DotProduct256 | VectorInstructions.DotProduct512;
        if (!InstructionSets.Of(8, products: true).Any(set => (set & both) != VectorInstructions.None))
        {
            (plain, products) = (false, false);
        }

        KernelTarget target = HostTarget.Of(8) with { MachineCode = use };
        Statement product = new Store(Y, (Index)U * 8, new DotProduct(new Load(X, (Index)U * 8), new Load(X, U), new IntegerConstant(1)));
        IsOwn(Program(8, Copy(8)), target).ShouldBe(plain);
        IsOwn(Program(8, product), target).ShouldBe(products);
        IsOwn(Program(8, product), target with { Instructions = target.Instructions & ~both }).ShouldBe(plain);
    }

    private static bool IsOwn(LoopProgram program, KernelTarget target) =>
        KernelLowering.Compile(program, target).Value.ShouldNotBeNull().Target is NativeKernel;

    private static Store Copy(int lanes) => new(Y, (Index)U * lanes, new Load(X, (Index)U * lanes));

    private static LoopProgram Program(int lanes, params Statement[] body)
    {
        var (begin, end) = (new LoopVariable("begin"), new LoopVariable("end"));
        return new LoopProgram("refused", lanes, [X, Y], begin, end, [new Loop(U, begin, end, 1, LoopKind.Serial, [.. body])]);
    }
}
