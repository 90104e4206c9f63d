using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Weights that are read piece by piece. That packed weights are what kernels read is tested with the templates.</summary>
public sealed unsafe class WeightPackingTests
{
    public static TheoryData<int, int, int, int> Workloads => new()
    {
        { 3, 64, 3, 1 },
        { 40, 72, 3, 1 },
        { 512, 80, 3, 1 },
        { 600, 48, 1, 1 },
        { 2048, 64, 1, 1 },
        { 64, 96, 5, 1 },
        { 64, 64, 3, 2 },
        { 64, 64, 3, 64 },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Stored_weights_are_packed_like_weights_in_memory(int inChannels, int outChannels, int kernel, int groups)
    {
        var w = new ConvolutionWorkload
        {
            Batch = 1,
            InChannels = inChannels,
            Height = 12,
            Width = 12,
            OutChannels = outChannels,
            KernelHeight = kernel,
            KernelWidth = kernel,
            Padding = new Halo(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
            Groups = groups,
            InputLayout = inChannels < 16 ? ActivationLayout.Planar : ActivationLayout.Blocked,
            Lanes = 16,
        };
        float[] weights = TemplateRun.Random(new Random(1), w.WeightCount);
        Tensor stored = Tensor.Of(DataType.Float32, Shape.Of(weights.Length), new PretendedFile(weights));
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        foreach (long index in KernelTemplates.SuggestedIndices(w, space, HostTarget.Of(w.Lanes)).Prepend(
            KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))))
        {
            Packed(w, space[index], WeightSource.Of(stored), false).ShouldBe(Packed(w, space[index], weights, false), space[index].ToString());
        }
    }

    [Theory]
    [InlineData(100, 70)]
    [InlineData(3000, 48)]
    public void A_matrix_is_packed_the_same_from_either_order(int depth, int outputs)
    {
        var w = new ConvolutionWorkload
        {
            Batch = 1,
            InChannels = depth,
            Height = 1,
            Width = 1,
            OutChannels = outputs,
            InputLayout = ActivationLayout.RowMajor,
            OutputLayout = ActivationLayout.RowMajor,
            Lanes = 8,
        };
        float[] rows = TemplateRun.Random(new Random(2), (long)depth * outputs);
        float[] columns = new float[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            columns[(i % depth * outputs) + (i / depth)] = rows[i];
        }

        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        Configuration configuration = space[KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))];
        float[] expected = Packed(w, configuration, rows, false);
        Packed(w, configuration, columns, true).ShouldBe(expected);
        Packed(w, configuration, WeightSource.Of(Tensor.Of(DataType.Float32, Shape.Of(rows.Length), new PretendedFile(columns))), true).ShouldBe(expected);
    }

    [Fact]
    public void A_stored_tensor_reads_its_elements_once_and_shares_them()
    {
        var file = new PretendedFile([1, 2, 3, 4]);
        Tensor tensor = Tensor.Of(DataType.Float32, Shape.Of(2, 2), file);
        tensor.Count.ShouldBe(4);
        file.Loads.ShouldBe(0);
        tensor.Elements<float>().ShouldBe([1, 2, 3, 4]);
        tensor.Reshape(Shape.Of(4)).Data.ShouldBeSameAs(tensor.Data);
        file.Loads.ShouldBe(1);
        Should.Throw<ArgumentException>(() => Tensor.Of(DataType.Float32, Shape.Of(5), file));
    }

    private static float[] Packed(ConvolutionWorkload w, Configuration configuration, WeightSource source, bool reductionMajor)
    {
        // Whatever was in the memory before must not shine through.
        var packed = new float[WeightPacking.PackedCount(w, configuration)];
        Array.Fill(packed, float.NaN);
        fixed (float* target = packed)
        {
            WeightPacking.Pack(w, configuration, source, reductionMajor, target, 2);
        }

        packed.ShouldAllBe(value => !float.IsNaN(value));
        return packed;
    }

    private sealed class PretendedFile(float[] elements) : StoredElements
    {
        public int Loads { get; private set; }

        public override int Count => elements.Length;

        public override void Read(long first, Span<float> target) => elements.AsSpan((int)first, target.Length).CopyTo(target);

        protected override Array Load()
        {
            Loads++;
            return elements.ToArray();
        }
    }
}
