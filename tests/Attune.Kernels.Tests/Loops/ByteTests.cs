using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Products, loads and stores of bytes: the lowering, the interpreter and C# agree to the bit, whatever instructions the target has.</summary>
public sealed class ByteTests
{
    private const int Count = 64;
    private static readonly Buffer X = new("x", 0, DataType.Int32);
    private static readonly Buffer W = new("w", 1, DataType.Int32);
    private static readonly Buffer Y = new("y", 2, DataType.Int32);
    private static readonly Buffer F = new("f", 3);

    public static TheoryData<int, VectorInstructions> Targets
    {
        get
        {
            var data = new TheoryData<int, VectorInstructions>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (VectorInstructions kept in new[] { (VectorInstructions)~0, ~VectorInstructions.DotProduct256, VectorInstructions.None })
                {
                    data.Add(lanes, HostTarget.Of(lanes).Instructions & kept);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Four_products_are_added_without_saturating(int lanes, VectorInstructions instructions)
    {
        var random = new Random(lanes);
        int[] x = [.. Enumerable.Range(0, Count).Select(i => i < 4 ? -1 : random.Next(int.MinValue, int.MaxValue))];
        const int Lowest = unchecked((int)0x80808080);
        const int Highest = 0x7F7F7F7F;
        int[] w = [.. Enumerable.Range(0, Count).Select(i => i < 2 ? Lowest : i < 4 ? Highest : random.Next(int.MinValue, int.MaxValue))];
        int[] expected = [.. x.Zip(w, (a, b) => 5 + BitConverter.GetBytes(a).Zip(BitConverter.GetBytes(b), (left, right) => left * (sbyte)right).Sum())];
        foreach (int[] result in Both(lanes, instructions, i => new Store(Y, i, new DotProduct(new Load(X, i), new Load(W, i), new IntegerConstant(5))), x, w))
        {
            result.ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Integers_are_stored_as_the_nearest_bytes(int lanes, VectorInstructions instructions)
    {
        int[] x = [.. Enumerable.Range(0, Count).Select(i => i == 0 ? int.MinValue : i == 1 ? int.MaxValue : (i - 32) * 13)];
        foreach (bool signed in new[] { false, true })
        {
            var bytes = new Buffer("y", 2, signed ? DataType.Int8 : DataType.UInt8);
            byte[] expected = [.. x.Select(number => signed ? (byte)(sbyte)Math.Clamp(number, -128, 127) : (byte)Math.Clamp(number, 0, 255))];
            foreach (int[] result in Both(lanes, instructions, i => new Store(bytes, i, new Load(X, i)), x, x))
            {
                MemoryMarshal.AsBytes(result.AsSpan())[..Count].ToArray().ShouldBe(expected);
            }

            foreach (int[] result in Both(lanes, instructions, i => new StoreFirst(bytes, i, new Load(X, i), 3), x, x))
            {
                MemoryMarshal.AsBytes(result.AsSpan())[..Count].ToArray().ShouldBe([.. expected.Select((number, i) => i % lanes < 3 ? number : (byte)0)]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Bytes_without_sign_are_read_exactly(int lanes, VectorInstructions instructions)
    {
        byte[] bytes = [.. Enumerable.Range(0, 4 * Count).Select(number => (byte)number)];
        int[] x = MemoryMarshal.Cast<byte, int>(bytes).ToArray();
        foreach (int[] result in Both(lanes, instructions, i => new Store(new Buffer("y", 2), i, new Load(new Buffer("x", 0, DataType.UInt8), i)), x, x))
        {
            Array.ConvertAll(result, BitConverter.Int32BitsToSingle).ShouldBe([.. bytes.Take(Count).Select(number => (float)number)]);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Halves_between_integers_are_rounded_to_even(int lanes, VectorInstructions instructions)
    {
        int[] x = [.. Enumerable.Range(0, Count).Select(i => BitConverter.SingleToInt32Bits((i - 32) * 0.25f))];
        foreach (int[] result in Both(
            lanes, instructions, i => new Store(Y, i, new Conversion(new Unary(UnaryOperation.RoundToEven, new Load(new Buffer("x", 0), i)))), x, x))
        {
            result.ShouldBe([.. x.Select(bits => (int)Math.Round((double)BitConverter.Int32BitsToSingle(bits), MidpointRounding.ToEven))]);
        }
    }

    [Fact]
    public void Floats_are_not_stored_as_bytes_nor_multiplied_as_such()
    {
        var (begin, end) = (new LoopVariable("begin"), new LoopVariable("end"));
        var program = new LoopProgram("wrong", 4, [new Buffer("y", 0, DataType.UInt8), F with { Position = 1 }], begin, end,
        [
            new Store(new Buffer("y", 0, DataType.UInt8), 0, new Load(F with { Position = 1 }, 0)),
            new Store(new Buffer("y", 0, DataType.UInt8), 0, new DotProduct(new IntegerConstant(1), new Constant(1), new IntegerConstant(1))),
        ]);
        LoopVerifier.Verify(program).Length.ShouldBe(2);
    }

    private static unsafe IEnumerable<int[]> Both(int lanes, VectorInstructions instructions, Func<Index, Statement> make, int[] x, int[] w)
    {
        var (begin, end, u) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        var program = new LoopProgram("bytes", lanes, [X, W, Y, F], begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, [make((Index)u * lanes)])]);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        float[] interpreted = new float[Count];
        Interpreter.Run(LoopPasses.Run(program), [Bits(x), Bits(w), interpreted, []], 0, Count / lanes);
        int[] compiled = new int[Count];
        KernelEntry entry = IlLowering.Compile(program, instructions).OrThrow(refusal => new InvalidOperationException(refusal));
        fixed (int* px = x, pw = w, py = compiled)
        {
            float** table = stackalloc float*[] { (float*)px, (float*)pw, (float*)py, null };
            entry(table, 0, Count / lanes);
        }

        return [Array.ConvertAll(interpreted, BitConverter.SingleToInt32Bits), compiled];
    }

    private static float[] Bits(int[] numbers) => Array.ConvertAll(numbers, BitConverter.Int32BitsToSingle);
}
