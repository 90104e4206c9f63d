using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Templates;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class TiledAttentionTemplateContractTests : TemplateContract
{
    private static readonly KernelTarget Small = SampleGpu.Of(new GroupLimits(16, 4 << 10, 16));

    internal override ITemplate Template { get; } = new TiledAttentionTemplate();

    internal override IReadOnlyList<KernelTarget> Targets => [SampleGpu.Of(new GroupLimits(256, 32 << 10, 32)), Small];

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, AttentionSample.Shapes.Length)];

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [SampleWorkloads.Attention(lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);

    [Theory]
    [MemberData(nameof(Samples))]
    public void It_computes_what_its_definition_says(int sample)
    {
        (int heads, int queries, int keys, int size, int mask) = AttentionSample.Shapes[sample];
        (AttentionWorkload w, float[][] inputs, float[] expected) = AttentionSample.Of(1, heads, queries, keys, size, mask);
        foreach (KernelTarget target in Targets)
        {
            KernelSource source = KernelTemplates.Source(w, KernelSignature.Dense, target);
            float[] y = new float[expected.Length];
            Interpreter.Run(LoopPasses.Run(source.Phases.ShouldHaveSingleItem().Program), [.. inputs, y]);
            for (int i = 0; i < y.Length; i++)
            {
                y[i].ShouldBe(expected[i], 2e-5f * Math.Max(1, Math.Abs(expected[i])), $"element {i}");
            }
        }
    }

    [Fact]
    public void A_query_that_may_see_no_key_gives_what_processors_give()
    {
        (AttentionWorkload w, float[][] inputs, float[] expected) = AttentionSample.Of(1, 1, 3, 5, 8, 1);
        Array.Fill(inputs[3], float.NegativeInfinity);
        KernelSource source = KernelTemplates.Source(w, KernelSignature.Dense, Small);
        float[] y = new float[expected.Length];
        Interpreter.Run(LoopPasses.Run(source.Phases[0].Program), [.. inputs, y]);
        y.ShouldAllBe(number => float.IsNaN(number));
    }

    [Fact]
    public void Groups_have_lanes_enough_and_fit_small_devices()
    {
        AttentionWorkload w = SampleWorkloads.Attention(1) with
        {
            Heads = 12,
            Queries = 128,
            Keys = 128,
            Size = 64,
            ValueSize = 64,
            Query = new AttentionColumns(768, 0),
            Key = new AttentionColumns(768, 0),
            Value = new AttentionColumns(768, 0),
        };
        TiledAttentionPlan.Of(w, new GroupLimits(1024, 48 << 10, 32)).ShouldNotBeNull().Lanes.ShouldBeInRange(32, 256);
        TiledAttentionPlan.Of(w, new GroupLimits(1024, 1 << 10, 32)).ShouldNotBeNull().Queries.ShouldBeLessThan(4);
        TiledAttentionPlan.Of(w, new GroupLimits(1024, 256, 32)).ShouldBeNull();
        Template.Applies(w, SampleGpu.Of(new GroupLimits(1024, 256, 32))).ShouldBeFalse();
    }
}
