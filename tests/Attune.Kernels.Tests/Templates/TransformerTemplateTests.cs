using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Attention;
using Attune.Kernels.Templates.MatMul;
using Attune.Kernels.Templates.Rows;
using Attune.Reference;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Attention, products of activations, layer normalisation and softmax: compiled and interpreted against the reference kernels.</summary>
public sealed class TransformerTemplateTests
{
    public static TheoryData<int> Widths => [4, 8, 16];

    public static TheoryData<int, int, int, int, int, int> Attentions()
    {
        var cases = new TheoryData<int, int, int, int, int, int>();
        foreach (int lanes in new[] { 4, 8, 16 })
        {
            foreach ((int heads, int queries, int keys, int size, int mask) in new[]
            {
                (1, 1, 1, 64, 0), (2, 7, 7, 16, 1), (1, 128, 128, 64, 2), (2, 130, 130, 80, 0), (3, 5, 33, 20, 3), (2, 40, 9, 24, 4), (1, 16, 2, 17, 0),
            })
            {
                cases.Add(lanes, heads, queries, keys, size, mask);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Attentions))]
    public void Attention_computes_what_its_definition_says(int lanes, int heads, int queries, int keys, int size, int mask)
    {
        (AttentionWorkload workload, float[][] inputs, float[] expected) = AttentionSample.Of(lanes, heads, queries, keys, size, mask);
        KernelSource source = AttentionProgram.Build(workload, HostTarget.Of(lanes));
        bool interpret = queries * keys * size < 100_000;
        foreach (bool compiled in interpret ? new[] { true, false } : [true])
        {
            var y = new float[expected.Length];
            Execute(source, [.. inputs, y], compiled);
            Close(y, expected, 2e-5f);
        }
    }

    [Fact]
    public void Values_shorter_than_a_vector_are_refused()
    {
        var columns = new AttentionColumns(8, 0);
        var workload = new AttentionWorkload
        {
            Batch = 1,
            Heads = 1,
            Queries = 4,
            Keys = 4,
            Size = 8,
            ValueSize = 8,
            Scale = 1,
            Query = columns,
            Key = columns,
            Value = columns,
            Lanes = 16,
        };
        workload.IsEligible.ShouldBeFalse();
        Should.Throw<ArgumentException>(() => AttentionProgram.Build(workload, HostTarget.Of(workload.Lanes))).Message.ShouldContain("vector of 16");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Products_of_activations_broadcast_their_batches(int lanes)
    {
        (long[] Left, long[] Right)[] shapes =
        [
            ([1, 1], [1, 1]), ([7, 5], [5, 3]), ([128, 64], [64, 128]), ([2, 3, 9, 17], [2, 3, 17, 33]), ([2, 3, 1, 8], [8, 40]),
            ([4, 6, 5], [3, 1, 5, 18]), ([3, 1, 4, 6], [5, 6, 20]), ([1, 4, 6], [2, 1, 6, 130]),
        ];
        foreach ((long[] left, long[] right) in shapes)
        {
            var random = new Random(left.Length);
            Tensor a = Random(random, left);
            Tensor b = Random(random, right);
            var node = new Node("m", "MatMul", 13, ["a", "b"], ["y"], Attributes.None);
            float[] expected = ReferenceKernels.Default.Run(node, [a, b])[0].Elements<float>();
            MatrixBatch batch = MatrixBatch.Of(left.AsSpan()[..^2], right.AsSpan()[..^2]).ShouldNotBeNull();
            (LoopProgram program, int units) = MatrixProgram.Build(
                new MatrixWorkload(batch, (int)left[^2], (int)right[^1], (int)left[^1], lanes), HostTarget.Of(lanes));
            foreach (bool compiled in new[] { true, false })
            {
                var y = new float[expected.Length];
                Execute(KernelSource.Of((program, units)), [a.Elements<float>(), [.. b.Elements<float>(), .. new float[lanes]], y], compiled);
                Close(y, expected, 1e-5f * left[^1]);
            }
        }
    }

    [Fact]
    public void Batches_that_alternate_too_often_are_left_to_the_reference() => MatrixBatch.Of([2, 1, 2, 1], [1, 2, 1, 2]).ShouldBeNull();

    [Fact]
    public void Batches_that_do_not_broadcast_are_refused() => MatrixBatch.Of([2], [3]).ShouldBeNull();

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_are_normalised_whatever_their_length(int lanes)
    {
        foreach (int columns in new[] { 1, 3, 16, 31, 64, 100, 768 })
        {
            const int Rows = 6;
            var random = new Random(columns);

            // A mean far from zero: a variance from squares alone would lose its digits.
            Tensor x = Tensor.Of(Shape.Of(Rows, columns), Array.ConvertAll(Random(random, Rows, columns).Elements<float>(), value => value + 50));
            Tensor gamma = Random(random, columns);
            Tensor beta = Random(random, columns);
            var norm = new Node("n", "LayerNormalization", 17, ["x", "g", "b"], ["y"], Attributes.None.With("axis", -1L).With("epsilon", 1e-3f));
            var softmax = new Node("s", "Softmax", 13, ["x"], ["y"], Attributes.None.With("axis", -1L));
            float[] garbage = [.. Enumerable.Repeat(float.NaN, lanes)];
            float[] input = [.. x.Elements<float>(), .. garbage];
            float[][] parameters = [[.. gamma.Elements<float>(), .. new float[lanes]], [.. beta.Elements<float>(), .. new float[lanes]]];
            float[] normal = ReferenceKernels.Default.Run(norm, [x, gamma, beta])[0].Elements<float>();
            float[] shares = ReferenceKernels.Default.Run(softmax, [x])[0].Elements<float>();
            foreach (bool compiled in new[] { true, false })
            {
                Check(RowProgram.LayerNormalization(new RowWorkload(RowOperation.LayerNormalization, Rows, columns, 1e-3f, lanes)), normal, 2e-4f);
                Check(RowProgram.Softmax(new RowWorkload(RowOperation.Softmax, Rows, columns, 0, lanes)), shares, 1e-5f);

                void Check((LoopProgram Program, int Units) kernel, float[] expected, float tolerance)
                {
                    // What lies past the last row must not be touched, and garbage past the input must not get in.
                    float[] y = [.. new float[expected.Length], .. Enumerable.Repeat(7f, lanes)];
                    Execute(KernelSource.Of(kernel), [input, parameters[0], parameters[1], y], compiled);
                    Close(y[..expected.Length], expected, tolerance);
                    y[expected.Length..].ShouldAllBe(value => value == 7f);
                }
            }
        }
    }

    private static Tensor Random(Random random, params long[] extents) => Tensor.Of(Shape.Of(extents), TemplateRun.Random(random, Shape.Of(extents).Count));

    private static void Close(float[] actual, float[] expected, float tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            (Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))).ShouldBeTrue(
                $"element {i} is {actual[i]}, expected {expected[i]}");
        }
    }

    private static unsafe void Execute(KernelSource source, float[][] operands, bool compiled)
    {
        float[][] buffers = new float[CompiledKernel.Slots][];
        Array.Fill(buffers, []);
        operands.CopyTo(buffers, 0);
        buffers[CompiledKernel.SharedSlot] = new float[source.SharedFloats];
        buffers[CompiledKernel.ScratchSlot] = new float[source.ScratchFloats];
        float** addresses = stackalloc float*[CompiledKernel.Slots];
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            if (!compiled)
            {
                Interpreter.Run(program, buffers, 0, units);
                continue;
            }

            KernelEntry entry = IlLowering.Compile(program, HostTarget.Widest.Instructions)
                .OrThrow(refusal => new InvalidOperationException(refusal));
            GCHandle[] pins = [.. buffers.Select(b => GCHandle.Alloc(b, GCHandleType.Pinned))];
            for (int i = 0; i < pins.Length; i++)
            {
                addresses[i] = (float*)pins[i].AddrOfPinnedObject();
            }

            entry(addresses, 0, units / 2);
            entry(addresses, units / 2, units);
            Array.ForEach(pins, pin => pin.Free());
        }
    }
}
