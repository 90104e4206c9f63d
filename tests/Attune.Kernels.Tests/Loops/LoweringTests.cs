using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

public sealed class LoweringTests
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [Trait(Category.Name, Category.Slow)]
    public void Random_programs_compute_what_the_interpreter_computes(int lanes)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            LoopProgram program = RandomPrograms.Make(new Random(seed), lanes);
            float[] compiled = Run(program, compile: true, seed);
            float[] interpreted = Run(program, compile: false, seed);
            for (int i = 0; i < compiled.Length; i++)
            {
                (compiled[i].Equals(interpreted[i]) || Math.Abs(compiled[i] - interpreted[i]) <= 1e-5f * Math.Abs(interpreted[i]))
                    .ShouldBeTrue($"seed {seed}, element {i}: {compiled[i]} against {interpreted[i]}\n{Printer.Print(program)}");
            }
        }
    }

    [Fact]
    public void A_program_prints_as_text()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var u = new LoopVariable("u");
        var i = new LoopVariable("i");
        var half = new LoopVariable("half");
        var acc = new RegisterTile("acc", 2);
        var program = new LoopProgram("sample", 8, [X, Y], begin, end,
        [
            new Loop(u, begin, end, 1, LoopKind.Serial,
            [
                new Let(half, IndexOperation.Divide, u, 2),
                new Loop(
                    i,
                    0,
                    2,
                    1,
                    LoopKind.Unrolled,
                    [new Assign(acc, [i], new MultiplyAdd(new Broadcast(X, half), new Load(X, ((Index)u * 16) + ((Index)i * 8)), new Constant(0.5f)))]),
                new When(half, Comparison.Equal, 1, [new Store(Y, (Index)u * 8, new Read(acc, [0]))], [new Store(Y, ((Index)u * 8) + 4, new Read(acc, [1]))]),
            ]),
        ]);
        Printer.Print(program).ShouldBe(
            """
            kernel sample lanes=8 (x, y; begin .. end)
              for u = begin .. end
                let half = div(u, 2)
                unroll i = 0 .. 2
                  acc<i> = fma(splat x[half], x[u*16 + i*8], 0.5)
                if half == 1
                  y[u*8] = acc<0>
                else
                  y[u*8 + 4] = acc<1>

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_program_too_large_for_the_optimiser_is_refused_with_its_size()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var i = new LoopVariable("i");
        var acc = new RegisterTile("acc", 1);
        var program = new LoopProgram(
            "huge",
            4,
            [X, Y],
            begin,
            end,
            [new Loop(i, 0, 6000, 1, LoopKind.Unrolled, [new Assign(acc, [0], new Load(X, (Index)i * 4)), new Store(Y, (Index)i * 4, new Read(acc, [0]))])]);
        IlLowering.Compile(program, HostTarget.Widest.Instructions).Error.ShouldNotBeNull().ShouldContain("JIT");
    }

    private static unsafe float[] Run(LoopProgram program, bool compile, int seed)
    {
        var random = new Random(seed);
        float[] x = [.. Enumerable.Range(0, 4096).Select(_ => random.NextSingle())];
        var y = new float[4096];
        if (!compile)
        {
            Interpreter.Run(program, [x, y], 0, 3);
            return y;
        }

        KernelEntry entry = IlLowering.Compile(program, HostTarget.Widest.Instructions)
            .OrThrow(refusal => new InvalidOperationException(refusal));
        GCHandle a = GCHandle.Alloc(x, GCHandleType.Pinned);
        GCHandle b = GCHandle.Alloc(y, GCHandleType.Pinned);
        float** buffers = stackalloc float*[2] { (float*)a.AddrOfPinnedObject(), (float*)b.AddrOfPinnedObject() };
        entry(buffers, 0, 3);
        a.Free();
        b.Free();
        return y;
    }
}
