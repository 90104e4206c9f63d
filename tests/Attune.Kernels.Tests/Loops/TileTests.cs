using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Attune.Kernels.Tests.Loops.X64;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Matrix tiles give the products of matrices, interpreted and, where the processor has them, as machine code.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class TileTests
{
    private static readonly Buffer Left = new("left", 0, DataType.Int32);
    private static readonly Buffer Right = new("right", 1, DataType.Int32);
    private static readonly Buffer Result = new("result", 2, DataType.Int32);

    public static TheoryData<int, int, int> Extents => new() { { 16, 16, 16 }, { 7, 12, 16 }, { 1, 1, 1 }, { 14, 3, 5 }, { 2, 16, 9 } };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Bytes_are_multiplied_and_added_up_as_integers(int rows, int depth, int columns)
    {
        var random = new Random(rows + depth);
        byte[] left = new byte[MatrixTile.MaxRows * Stride * sizeof(int)];
        byte[] right = new byte[left.Length];
        random.NextBytes(left);
        random.NextBytes(right);
        foreach ((string way, float[] result) in Ways(rows, depth, columns, TileProducts.Bytes, left, right))
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    int expected = 0;
                    for (int k = 0; k < depth * 4; k++)
                    {
                        expected += left[(i * Stride * 4) + k] * (sbyte)right[(k / 4 * Stride * 4) + (j * 4) + (k % 4)];
                    }

                    // The program adds the product twice.
                    BitConverter.SingleToInt32Bits(result[(i * Stride) + j]).ShouldBe(2 * expected, $"{way} {i} {j}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Extents))]
    public void Brain_floats_are_multiplied_and_added_up_as_floats(int rows, int depth, int columns)
    {
        var random = new Random(rows * depth);
        BFloat16[] left = Drawn(random);
        BFloat16[] right = Drawn(random);
        foreach ((string way, float[] result) in Ways(
            rows, depth, columns, TileProducts.BrainFloats, MemoryMarshal.AsBytes(left.AsSpan()).ToArray(), MemoryMarshal.AsBytes(right.AsSpan()).ToArray()))
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double expected = 0;
                    for (int k = 0; k < depth * 2; k++)
                    {
                        expected += (double)left[(i * Stride * 2) + k].ToSingle() * right[(k / 2 * Stride * 2) + (j * 2) + (k % 2)].ToSingle();
                    }

                    ((double)result[(i * Stride) + j]).ShouldBe(2 * expected, 1e-5, $"{way} {i} {j}");
                }
            }
        }
    }

    [Fact]
    public void What_lies_between_rows_is_left_alone()
    {
        byte[] ones = [.. Enumerable.Repeat((byte)1, MatrixTile.MaxRows * Stride * sizeof(int))];
        foreach ((string way, float[] result) in Ways(3, 2, 5, TileProducts.Bytes, ones, ones))
        {
            for (int i = 0; i < result.Length; i++)
            {
                bool inside = i / Stride < 3 && i % Stride < 5;
                BitConverter.SingleToInt32Bits(result[i]).ShouldBe(inside ? 2 * 2 * 4 : 0, $"{way} {i}");
            }
        }
    }

    [Fact]
    public void Wrong_tiles_are_found()
    {
        MatrixTile sums = new("c", 4, 4), left = new("a", 4, 3), right = new("b", 3, 4), other = new("d", 17, 4);
        Findings(new TileMultiply(sums, left, right, TileProducts.Bytes)).Length.ShouldBe(3);
        MatrixTile twin = new("e", 4, 3);
        Findings(new TileZero(sums), new TileZero(left), new TileZero(twin), new TileMultiply(sums, left, twin, TileProducts.Bytes))
            .ShouldHaveSingleItem().ShouldContain("4 x 3");
        Findings(new TileZero(right), new TileZero(left), new TileMultiply(right, left, right, TileProducts.Bytes))
            .ShouldContain(finding => finding.Contains("three matrix tiles", StringComparison.Ordinal));
        Findings(new TileZero(other)).ShouldHaveSingleItem().ShouldContain("17 x 4");
        Findings(new TileLoad(sums, Left with { Element = DataType.UInt8 }, 0, 4)).ShouldHaveSingleItem().ShouldContain("32 bits");
        Statement[] nine = [.. Enumerable.Range(0, 9).Select(i => new TileZero(new MatrixTile($"t{i}", 1, 1)))];
        Findings(nine).ShouldHaveSingleItem().ShouldContain("more than 8");
        Findings(nine[..8]).ShouldBeEmpty();
    }

    [Fact]
    public void The_jit_has_no_tiles_and_machine_code_none_without_instructions()
    {
        LoopProgram program = Program(4, 4, 4, TileProducts.Bytes);
        IlLowering.Compile(program, (VectorInstructions)~0).Error.ShouldNotBeNull().ShouldContain("tiles");
        X64Lowering.Encode(program, (VectorInstructions)~0 & ~VectorInstructions.MatrixTiles, NativeKernel.Convention)
            .Error.ShouldNotBeNull().ShouldContain("AMX");
    }

    [Fact]
    public void A_target_multiplies_tiles_by_machine_code_beside_its_widest_vectors()
    {
        KernelTarget target = new() { Lanes = 16, Instructions = VectorInstructions.MatrixTiles, MachineCode = MachineCodeUse.ByteProducts };
        target.MultipliesTiles.ShouldBeTrue();
        (target with { MachineCode = MachineCodeUse.None }).MultipliesTiles.ShouldBeFalse();
        (target with { Instructions = VectorInstructions.None }).MultipliesTiles.ShouldBeFalse();
        target.WithLanes(8).MultipliesTiles.ShouldBeFalse();
    }

    private const int Stride = 17;

    private static IEnumerable<(string Way, float[] Result)> Ways(int rows, int depth, int columns, TileProducts products, byte[] left, byte[] right)
    {
        LoopProgram program = Program(rows, depth, columns, products);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        float[][] memory =
            [MemoryMarshal.Cast<byte, float>(left).ToArray(), MemoryMarshal.Cast<byte, float>(right).ToArray(), new float[MatrixTile.MaxRows * Stride]];
        yield return ("interpreted", MachineRun.Interpreted(program, memory, 2)[2]);
        if (HostTarget.Widest.Instructions.HasFlag(VectorInstructions.MatrixTiles) && NativeKernel.Refusal is null)
        {
            yield return ("machine code", MachineRun.Run(MachineRun.Compiled(program, HostTarget.Widest.Instructions), memory, 2)[2]);
        }
    }

    // Adds the product once for each work unit.
    private static LoopProgram Program(int rows, int depth, int columns, TileProducts products)
    {
        MatrixTile sums = new("c", rows, columns), left = new("a", rows, depth), right = new("b", depth, columns);
        var (begin, end, unit) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        Loop loop = new(unit, begin, end, 1, LoopKind.Serial, [
            new TileLoad(left, Left, 0, Stride), new TileLoad(right, Right, 0, Stride), new TileMultiply(sums, left, right, products)]);
        return new LoopProgram("tiles", 16, [Left, Right, Result], begin, end, [new TileZero(sums), loop, new TileStore(Result, 0, Stride, sums)]);
    }

    private static BFloat16[] Drawn(Random random) =>
        [.. Enumerable.Range(0, MatrixTile.MaxRows * Stride * 2).Select(_ => BFloat16.FromSingle((random.NextSingle() * 2) - 1))];

    private static string[] Findings(params Statement[] body)
    {
        var (begin, end) = (new LoopVariable("begin"), new LoopVariable("end"));
        return [.. LoopVerifier.Verify(new LoopProgram("wrong", 16, [Left, Right, Result], begin, end, [.. body]))];
    }
}
