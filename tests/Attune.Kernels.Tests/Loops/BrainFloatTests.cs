using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Attune.Kernels.Tests.Loops.X64;
using Buffer = Attune.Kernels.Loops.Buffer;
using CallingConvention = Attune.Kernels.Loops.X64.CallingConvention;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Products, loads and stores of brain floats: machine code, IL and interpreter do what brain floats are defined to be, at every width.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class BrainFloatTests
{
    private const int Count = 64;
    private static readonly Buffer Pairs = new("x", 0, DataType.Int32);
    private static readonly Buffer OtherPairs = new("w", 1, DataType.Int32);
    private static readonly Buffer Floats = new("x", 0);
    private static readonly Buffer Brains = new("x", 0, DataType.BFloat16);
    private static readonly Buffer Sums = new("s", 2);
    private static readonly Buffer Y = new("y", 3);
    private static readonly Buffer Rounded = new("y", 3, DataType.BFloat16);
    private static readonly RegisterTile T = new("t", 2);
    private static readonly RegisterTile I = new("i", 2) { Element = DataType.Int32 };

    private static readonly Dictionary<string, Func<Index, Statement[]>> Products = new()
    {
        ["loaded"] = i => [new Store(Y, i, new PairProduct(new Load(Pairs, i), new Load(OtherPairs, i), new Load(Sums, i)))],
        ["into a sum"] = i =>
        [
            new Assign(T, [0], new Load(Sums, i)),
            new Assign(I, [0], new Load(OtherPairs, i)),
            new Assign(T, [0], new PairProduct(new Load(Pairs, i), new Read(I, [0]), new Read(T, [0]))),
            new Store(Y, i, new Read(T, [0])),
        ],
        ["of one that is read"] = i =>
        [
            new Assign(I, [1], new Load(Pairs, i)),
            new Assign(T, [0], new Load(Sums, i)),
            new Assign(T, [1], new PairProduct(new Read(I, [1]), new Load(OtherPairs, i), new Read(T, [0]))),
            new Store(Y, i, new Read(T, [1])),
        ],
    };

    public static TheoryData<int, string> ProductCases
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (string name in Products.Keys)
                {
                    data.Add(lanes, name);
                }
            }

            return data;
        }
    }

    public static TheoryData<int> Widths => [4, 8, 16];

    [Theory]
    [MemberData(nameof(ProductCases))]
    public void Two_products_are_added_each_rounded_once(int lanes, string name)
    {
        var random = new Random(lanes);
        float[] x = Drawn(random, 2 * Count);
        float[] w = Drawn(random, 2 * Count);
        float[] sums = Drawn(random, Count);
        foreach ((string how, float[] result) in Ways(lanes, Products[name], [Packed(x), Packed(w), sums, new float[Count]]))
        {
            for (int i = 0; i < Count; i++)
            {
                double odd = (double)x[(2 * i) + 1] * w[(2 * i) + 1];
                double even = (double)x[2 * i] * w[2 * i];
                double exact = sums[i] + odd + even;
                double allowed = (Math.Abs(sums[i]) + Math.Abs(odd) + Math.Abs(even)) * 3 / (1 << 24);
                (Math.Abs(result[i] - exact) <= allowed).ShouldBeTrue($"{how}: element {i} is {result[i]}, not {exact}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void One_pair_is_broadcast_to_all_lanes(int lanes)
    {
        var random = new Random(lanes);
        float[] x = Drawn(random, 2 * Count);
        float[] w = Drawn(random, 2 * Count);
        Func<Index, Statement[]> make = i => [new Store(Y, i, new PairProduct(new Broadcast(Pairs, i), new Load(OtherPairs, i), new Constant(0)))];
        foreach ((string how, float[] result) in Ways(lanes, make, [Packed(x), Packed(w), [], new float[Count]]))
        {
            for (int i = 0; i < Count; i++)
            {
                int first = i / lanes * lanes * 2;
                double odd = (double)x[first + 1] * w[(2 * i) + 1];
                double even = (double)x[first] * w[2 * i];
                ((double)result[i]).ShouldBe(odd + even, (Math.Abs(odd) + Math.Abs(even)) * 3 / (1 << 24), how);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Brain_floats_are_read_exactly(int lanes)
    {
        foreach (int first in Enumerable.Range(0, 65_536 / Count).Where(block => block % 61 == 0 || block is 511 or 1023))
        {
            BFloat16[] brains = [.. Enumerable.Range(first * Count, Count).Select(bits => new BFloat16((ushort)bits))];
            float[] memory = new float[Count];
            brains.AsSpan().CopyTo(MemoryMarshal.Cast<float, BFloat16>(memory.AsSpan()));
            foreach ((string how, float[] result) in Ways(lanes, i => [new Store(Y, i, new Load(Brains, i))], [memory, [], [], new float[Count]]))
            {
                Array.ConvertAll(result, BitConverter.SingleToInt32Bits).ShouldBe(
                    Array.ConvertAll(brains, brain => brain.Bits << 16), how);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Floats_are_rounded_to_even_and_what_is_no_number_stays_none(int lanes)
    {
        float[] x =
        [
            0, -0f, 1, -1, 1.00390625f, 1.01171875f, 1.00390637f, -1.01171875f, float.NaN, BitConverter.Int32BitsToSingle(0x7F800001), float.PositiveInfinity,
            float.NegativeInfinity, float.MaxValue, float.MinValue, 3.38953139e38f, 3.3961e38f,
            .. Drawn(new Random(3), Count - 16).Select((number, i) => number * MathF.ScaleB(1.2345f, i - 20)),
        ];
        BFloat16[] expected = Array.ConvertAll(x, BFloat16.FromSingle);
        foreach ((string how, float[] result) in Ways(lanes, i => [new Store(Rounded, i, new Load(Floats, i))], [x, [], [], new float[Count]]))
        {
            MemoryMarshal.Cast<float, BFloat16>(result)[..Count].ToArray().ShouldBe(expected, how);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Denormal_numbers_are_rounded_or_become_zero_of_their_sign(int lanes)
    {
        float[] x = [.. Enumerable.Range(0, Count).Select(i => BitConverter.Int32BitsToSingle(((i * 7919) << 7) | (i << 31)))];
        foreach ((string how, float[] result) in Ways(lanes, i => [new Store(Rounded, i, new Load(Floats, i))], [x, [], [], new float[Count]]))
        {
            BFloat16[] brains = MemoryMarshal.Cast<float, BFloat16>(result)[..Count].ToArray();
            for (int i = 0; i < Count; i++)
            {
                ((BFloat16[])[BFloat16.FromSingle(x[i]), BFloat16.FromSingle(x[i] * 0)]).ShouldContain(brains[i], $"{how}: {x[i]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_first_lanes_are_stored_and_the_others_left_alone(int lanes)
    {
        float[] x = Drawn(new Random(7), Count);
        for (int count = 1; count <= lanes; count++)
        {
            int kept = count;
            Func<Index, Statement[]> make = i => [new StoreFirst(Rounded, i, new Load(Floats, i), kept)];
            foreach ((string how, float[] result) in Ways(lanes, make, [x, [], [], new float[Count]]))
            {
                MemoryMarshal.Cast<float, BFloat16>(result)[..Count].ToArray().ShouldBe(
                    [.. x.Select((number, i) => i % lanes < kept ? BFloat16.FromSingle(number) : default)], $"{how} {kept}");
            }
        }
    }

    [Fact]
    public void Integers_are_not_stored_as_brain_floats_nor_floats_multiplied_as_pairs()
    {
        var (begin, end) = (new LoopVariable("begin"), new LoopVariable("end"));
        var program = new LoopProgram("wrong", 4, [Rounded with { Position = 0 }, Sums with { Position = 1 }], begin, end,
        [
            new Store(Rounded with { Position = 0 }, 0, new IntegerConstant(1)),
            new Store(Sums with { Position = 1 }, 0, new PairProduct(new Constant(1), new IntegerConstant(1), new Constant(0))),
            new Store(Sums with { Position = 1 }, 0, new PairProduct(new IntegerConstant(1), new IntegerConstant(1), new IntegerConstant(0))),
        ]);
        LoopVerifier.Verify(program).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(VectorInstructions.BFloat16Products)]
    [InlineData(VectorInstructions.ManyRegisters)]
    [InlineData(VectorInstructions.Widen512)]
    public void Without_the_instructions_there_is_no_machine_code_and_the_reason_says_so(VectorInstructions missing)
    {
        foreach (Statement statement in (Statement[])[Products["loaded"](0)[0], new Store(Rounded, 0, new Load(Floats, 0))])
        {
            X64Lowering.Encode(Program(8, _ => [statement]), (VectorInstructions)~0 & ~missing, CallingConvention.SystemV)
                .Error.ShouldNotBeNull().ShouldContain("AVX512-BF16");
        }
    }

    [Fact]
    public void What_has_brain_floats_becomes_machine_code_where_there_are_instructions_for_it()
    {
        KernelTarget target = HostTarget.Of(8) with { MachineCode = MachineCodeUse.ByteProducts };
        bool has = InstructionSets.Of(8, products: false, brainFloats: true).Any();
        foreach (LoopProgram program in (LoopProgram[])[Program(8, Products["loaded"]), Program(8, i => [new Store(Rounded, i, new Load(Floats, i))])])
        {
            IsOwn(program, target).ShouldBe(has);
            IsOwn(program, target with { Instructions = target.Instructions & ~VectorInstructions.BFloat16Products }).ShouldBeFalse();
            IsOwn(program, target with { MachineCode = MachineCodeUse.None }).ShouldBeFalse();
        }

        bool IsOwn(LoopProgram program, KernelTarget on) => KernelLowering.Compile(program, on).Value.ShouldNotBeNull().Target is NativeKernel;
    }

    [Fact]
    public void A_target_multiplies_brain_floats_by_machine_code_alone()
    {
        KernelTarget target = new() { Lanes = 16, Instructions = VectorInstructions.BFloat16Products, MachineCode = MachineCodeUse.ByteProducts };
        target.MultipliesHalves.ShouldBeTrue();
        (target with { MachineCode = MachineCodeUse.None }).MultipliesHalves.ShouldBeFalse();
        (target with { Instructions = VectorInstructions.None }).MultipliesHalves.ShouldBeFalse();
    }

    // The result of every way to run a program.
    private static IEnumerable<(string How, float[] Result)> Ways(int lanes, Func<Index, Statement[]> make, float[][] memory)
    {
        LoopProgram program = Program(lanes, make);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        yield return ("interpreter", MachineRun.Interpreted(program, memory, Count / lanes)[3]);
        foreach (VectorInstructions kept in new[] { (VectorInstructions)~0, ~VectorInstructions.FusedMultiplyAdd, VectorInstructions.None })
        {
            KernelEntry jit = IlLowering.Compile(program, HostTarget.Of(lanes).Instructions & kept).OrThrow(refusal => new InvalidOperationException(refusal));
            yield return ($"IL with {kept}", MachineRun.Run(jit, memory, Count / lanes)[3]);
        }

        foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: true, brainFloats: true))
        {
            yield return ($"machine code with {instructions}", MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Count / lanes)[3]);
        }
    }

    private static LoopProgram Program(int lanes, Func<Index, Statement[]> make)
    {
        var (begin, end, u) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        return new LoopProgram(
            "brains", lanes, [Pairs, OtherPairs, Sums, Y], begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, [.. make((Index)u * lanes)])]);
    }

    // Numbers that brain floats hold.
    private static float[] Drawn(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => BFloat16.FromSingle((random.NextSingle() * 4) - 2).ToSingle())];

    private static float[] Packed(float[] numbers) =>
        MemoryMarshal.Cast<BFloat16, float>(Array.ConvertAll(numbers, BFloat16.FromSingle)).ToArray();
}
