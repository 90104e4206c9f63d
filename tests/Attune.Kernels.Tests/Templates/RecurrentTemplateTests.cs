using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Recurrent;
using Attune.Reference;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Steps of recurrent layers, compiled and interpreted, against the reference kernels.</summary>
public sealed class RecurrentTemplateTests
{
    private const int Steps = 5;

    public static TheoryData<string, int> Kinds()
    {
        var cases = new TheoryData<string, int>();
        foreach (RecurrentKind kind in Enum.GetValues<RecurrentKind>())
        {
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                cases.Add(kind.ToString(), lanes);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_step_computes_what_its_definition_says(string name, int lanes)
    {
        RecurrentKind kind = Enum.Parse<RecurrentKind>(name);

        // One unit, a part of a vector, whole vectors, several blocks of which the last is shorter; batches of one tile, of several and with a rest.
        foreach ((int hidden, int batch, string direction, bool batchFirst) in ((int, int, string, bool)[])
        [
            (1, 1, "forward", false), (lanes - 1, 2, "reverse", true), (lanes, 4, "bidirectional", false), ((2 * lanes) + 1, 7, "bidirectional", true),
            ((7 * lanes) + 2, 1, "reverse", false), (5 * lanes, 3, "forward", true),
        ])
        {
            Check(kind, lanes, hidden, batch, direction, batchFirst);
        }
    }

    private static void Check(RecurrentKind kind, int lanes, int hidden, int batch, string direction, bool batchFirst)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        RecurrentWorkload w = SampleWorkloads.Recurrent(kind, lanes) with
        {
            Steps = Steps,
            Batch = batch,
            Parts = batch % 2 == 0 ? 2 : 1,
            Hidden = hidden,
            Directions = directions,
            IsReverse = direction == "reverse",
            IsBatchFirst = batchFirst,
            Gate = new Epilogue(false, false, kind == RecurrentKind.Plain ? "tanh" : "sigmoid", 0, 0),
        };
        var random = new Random(hidden + batch);
        int rows = directions * w.Gates * hidden;
        int wide = rows + 2;
        Tensor sums = Random(random, batchFirst ? [batch, Steps, rows] : [Steps, batch, rows]);
        Tensor weights = Random(random, directions, w.Gates * hidden, hidden);
        Tensor? bias = kind == RecurrentKind.ResetBehind ? Random(random, directions, hidden) : null;
        Tensor start = Random(random, batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]);
        Attributes attributes = Attributes.None.With("direction", direction)
            .With("layout", batchFirst ? 1L : 0)
            .With("linear_before_reset", kind == RecurrentKind.ResetBehind ? 1L : 0)
            .With("cell", kind == RecurrentKind.Plain ? "RNN" : kind == RecurrentKind.Long ? "LSTM" : "GRU");
        Tensor? cells = kind == RecurrentKind.Long ? start : null;
        string[] names = ["sums", "r", bias is null ? string.Empty : "b", "h", cells is null ? string.Empty : "c"];
        string[] results = cells is null ? ["y", "last"] : ["y", "last", "cell"];
        Tensor[] expected = ReferenceKernels.Default.Run(
            new Node("n", FusedOperators.Recurrent, 1, [.. names], [.. results], attributes), [sums, weights, bias, start, cells]);

        KernelTarget target = HostTarget.Of(lanes);
        var tiles = RecurrentTiles.Of(w, target);
        KernelSource source = RecurrentProgram.Build(w, KernelSignature.Dense with { Input = new ActivationView(0, 0, 0, 1, 0, wide) }, target);
        source.Rounds.ShouldBe(Steps);
        foreach (bool compiled in new[] { true, false })
        {
            // Rows lie further apart than they are long; what lies between and behind them is not to get in.
            float[] spread = [.. sums.Elements<float>().Chunk(rows).SelectMany(row => row.Append(float.NaN).Append(float.NaN)), .. Garbage(lanes)];
            float[] packed = tiles.Pack(weights.Elements<float>(), bias is null ? [] : bias.Elements<float>());
            float[] y = [.. new float[expected[0].Count], .. Enumerable.Repeat(7f, lanes)];
            float[] states = Garbage(checked((int)source.SharedFloats));
            Place(w, tiles, start.Elements<float>(), states, tiles.StateAt(0));
            if (cells is not null)
            {
                Place(w, tiles, start.Elements<float>(), states, tiles.CellsAt);
            }

            Run(source, [spread, packed, [], [], y, states, Garbage(checked((int)source.ScratchFloats)), []], compiled);
            Close(y[..expected[0].Count], expected[0].Elements<float>());
            y[expected[0].Count..].ShouldAllBe(value => value == 7f);
            Close(Taken(w, tiles, states, tiles.StateAt(Steps)), expected[1].Elements<float>());
            if (cells is not null)
            {
                Close(Taken(w, tiles, states, tiles.CellsAt), expected[2].Elements<float>());
            }
        }
    }

    private static float[] Garbage(int count) => [.. Enumerable.Repeat(float.NaN, count)];

    private static Tensor Random(Random random, params long[] extents) => Tensor.Of(Shape.Of(extents), TemplateRun.Random(random, Shape.Of(extents).Count));

    private static void Place(RecurrentWorkload w, RecurrentTiles tiles, float[] values, float[] states, long at)
    {
        foreach ((int outside, long inside) in Rows(w, tiles, at))
        {
            values.AsSpan(outside, w.Hidden).CopyTo(states.AsSpan((int)inside));
        }
    }

    private static float[] Taken(RecurrentWorkload w, RecurrentTiles tiles, float[] states, long at)
    {
        var values = new float[w.Directions * w.Batch * w.Hidden];
        foreach ((int outside, long inside) in Rows(w, tiles, at))
        {
            states.AsSpan((int)inside, w.Hidden).CopyTo(values.AsSpan(outside));
        }

        return values;
    }

    private static IEnumerable<(int Outside, long Inside)> Rows(RecurrentWorkload w, RecurrentTiles tiles, long at) =>
        from direction in Enumerable.Range(0, w.Directions)
        from row in Enumerable.Range(0, w.Batch)
        select (
            (w.IsBatchFirst ? (row * w.Directions) + direction : (direction * w.Batch) + row) * w.Hidden,
            at + (((direction * w.Batch) + row) * tiles.Width));

    private static unsafe void Run(KernelSource source, float[][] buffers, bool compiled)
    {
        float** addresses = stackalloc float*[CompiledKernel.Slots];
        GCHandle[] pins = [.. buffers.Select(buffer => GCHandle.Alloc(buffer, GCHandleType.Pinned))];
        for (int i = 0; i < pins.Length; i++)
        {
            addresses[i] = (float*)pins[i].AddrOfPinnedObject();
        }

        KernelEntry[] entries = [.. source.Phases.Select(phase => IlLowering.Compile(phase.Program, HostTarget.Widest.Instructions).OrThrow(
            refusal => new InvalidOperationException(refusal)))];
        for (int round = 0; round < source.Rounds; round++)
        {
            for (int phase = 0; phase < source.Phases.Length; phase++)
            {
                int units = source.Phases[phase].Units / source.Rounds;
                if (!compiled)
                {
                    Interpreter.Run(source.Phases[phase].Program, buffers, round * units, (round + 1) * units);
                    continue;
                }

                // The second half first: units of a round must not need each other.
                int half = (round * units) + (units / 2);
                entries[phase](addresses, half, (round + 1) * units);
                entries[phase](addresses, round * units, half);
            }
        }

        Array.ForEach(pins, pin => pin.Free());
    }

    private static void Close(float[] actual, float[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            (Math.Abs(actual[i] - expected[i]) <= 2e-5f * Math.Max(1, Math.Abs(expected[i]))).ShouldBeTrue(
                $"element {i} is {actual[i]}, expected {expected[i]}");
        }
    }
}
