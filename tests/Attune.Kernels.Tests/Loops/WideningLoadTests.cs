using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

public sealed class WideningLoadTests
{
    private static readonly Buffer Y = new("y", 1);

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_finite_half_is_read_exactly_up_to_the_correction(int lanes)
    {
        ushort[] halves = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits)];
        foreach (float[] read in ReadBothWays(WeightFormat.F16, MemoryMarshal.Cast<ushort, float>(halves).ToArray(), halves.Length, lanes))
        {
            for (int bits = 0; bits < halves.Length; bits++)
            {
                float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
                if (float.IsFinite(expected))
                {
                    BitConverter.SingleToInt32Bits(read[bits] * Buffer.HalfCorrection).ShouldBe(BitConverter.SingleToInt32Bits(expected), $"half 0x{bits:x4}");
                }
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_byte_is_read_exactly(int lanes)
    {
        sbyte[] bytes = [.. Enumerable.Range(-128, 256).Select(number => (sbyte)number)];
        foreach (float[] read in ReadBothWays(WeightFormat.I8, MemoryMarshal.Cast<sbyte, float>(bytes).ToArray(), bytes.Length, lanes))
        {
            read.ShouldBe([.. bytes.Select(number => (float)number)]);
        }
    }

    [Fact]
    public void Pointers_of_one_buffer_move_by_the_size_of_its_elements()
    {
        // One memory under two buffers of different elements, in one loop, with the same terms.
        var memory = new float[64];
        MemoryMarshal.Cast<float, sbyte>(memory.AsSpan(0, 16)).Fill(3);
        memory.AsSpan(32).Fill(0.5f);
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var i = new LoopVariable("i");
        var narrow = new Buffer("w", 0, DataType.Int8);
        var wide = new Buffer("s", 0);
        var program = new LoopProgram("mixed", 4, [narrow, Y], begin, end,
        [
            new Loop(
                i,
                begin,
                end,
                1,
                LoopKind.Serial,
                [new Store(Y, (Index)i * 4, new Binary(BinaryOperation.Multiply, new Load(narrow, (Index)i * 4), new Load(wide, ((Index)i * 4) + 32)))]),
        ]);
        foreach (float[] result in RunBothWays(program, memory, 32, 8))
        {
            result.ShouldAllBe(value => value == 1.5f);
        }
    }

    [Fact]
    public void Narrow_buffers_are_neither_stored_to_nor_broadcast_from()
    {
        var narrow = new Buffer("w", 0, DataType.Float16);
        foreach (Statement statement in new Statement[] { new Store(narrow, 0, new Constant(1)), new Store(Y, 0, new Broadcast(narrow, 0)) })
        {
            var program = new LoopProgram("wrong", 4, [narrow, Y], new LoopVariable("begin"), new LoopVariable("end"), [statement]);
            Should.Throw<InvalidOperationException>(() => IlLowering.Compile(program, HostTarget.Widest.Instructions)).Message.ShouldContain("'w'");
            Should.Throw<InvalidOperationException>(() => Interpreter.Run(program, [new float[16], new float[16]], 0, 1)).Message.ShouldContain("'w'");
        }
    }

    private static IEnumerable<float[]> ReadBothWays(WeightFormat format, float[] memory, int count, int lanes)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var i = new LoopVariable("i");
        var narrow = new Buffer("w", 0, WeightFormats.ElementOf(format));
        var program = new LoopProgram(
            "widen",
            lanes,
            [narrow, Y],
            begin,
            end,
            [new Loop(i, begin, end, 1, LoopKind.Serial, [new Store(Y, (Index)i * lanes, new Load(narrow, (Index)i * lanes))])]);
        return RunBothWays(program, memory, count, count / lanes);
    }

    private static unsafe float[][] RunBothWays(LoopProgram program, float[] memory, int count, int units)
    {
        var interpreted = new float[count];
        Interpreter.Run(program, [memory, interpreted], 0, units);
        var compiled = new float[count];
        KernelEntry entry = IlLowering.Compile(program, HostTarget.Widest.Instructions)
            .OrThrow(refusal => new InvalidOperationException(refusal));
        fixed (float* from = memory)
        fixed (float* to = compiled)
        {
            float** buffers = stackalloc float*[2] { from, to };
            entry(buffers, 0, units);
        }

        return [interpreted, compiled];
    }
}
