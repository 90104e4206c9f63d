using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Tests.Templates;

/// <summary>What runs on a device of groups and lanes before anything is tuned, and that the spaces that are AutoTVM's are.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class GpuDefaultTests
{
    private static readonly KernelTarget Gpu = SampleGpu.Of(new GroupLimits(1024, 48 << 10, 32));

    [Theory]
    [InlineData("conv2d/1x3x224x224/64x3x3/s1x1/p1,1,1,1/d1x1/g1/planar-blocked/v1", "gpu-gemm")]
    [InlineData("conv2d/1x512x7x7/512x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1", "gpu-gemm")]
    [InlineData("conv2d/1x64x56x56/64x3x3/s1x1/p1,1,1,1/d1x1/g32/blocked-blocked/v1", "gpu-gemm")]
    [InlineData("depthwise2d/1x32x112x112/32x3x3/s1x1/p1,1,1,1/d1x1/g32/blocked-blocked/v1", "gpu-depthwise")]
    [InlineData("dense/1x1024x1x1/1000x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1", "gpu-dense")]
    [InlineData("dense/1x768x1x128/768x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1", "gpu-gemm")]
    [InlineData("transposed2d/1x256x16x16/128x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1", "gpu-transposed")]
    [InlineData("transposed2d/1x512x1x860/256x1x16/s1x8/p0,4,0,4/d1x1/g1/o0x0/blocked-blocked/v1", "gpu-transposed")]
    [InlineData("transposed2d/1x64x8x8/64x4x4/s2x2/p1,1,1,1/d1x1/g64/o0x0/blocked-blocked/v1", "gpu-plain")]
    public void Layers_run_by_the_template_made_for_them_in_groups_that_every_device_runs(string key, string expected)
    {
        WeightedWorkload w = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(w, Gpu);
        space[KernelTemplates.DefaultIndex(w, space, Gpu)].Algorithm.ShouldBe(expected);
        foreach (SpacePart part in space.Parts)
        {
            ITemplate template = TemplateRegistry.Named(part.Name)!;
            foreach (long index in template.Suggest(w, part.Space, Gpu, threads: 1).Select(suggestion => suggestion.Index))
            {
                KernelSource source = template.Build(w, part.Space[index], KernelTemplates.CanonicalSignature(w, Epilogue.Typical), Gpu);
                source.Phases.SelectMany(phase => LoopVerifier.Verify(phase.Program, groups: new GroupLimits(256, 32 << 10, 32)))
                    .ShouldBeEmpty($"{key} {part.Space[index]}");
            }
        }
    }

    [Fact]
    public void Small_results_of_deep_sums_have_slices_and_enough_lanes()
    {
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse("conv2d/1x512x7x7/512x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")!;
        GemmPlan plan = GemmPlan.Promising(ProductExtent.Of(w), new StagedShape(default, default, 1), Gpu.Groups!).First().Plan;
        plan.Shape.Slices.ShouldBeGreaterThan(1);
        (plan.Features.Lanes * plan.Features.Groups).ShouldBeGreaterThan(8192);
    }

    [Theory]
    [InlineData(64, 224, 64, 4, 2_963_520)] // VGG-16
    [InlineData(512, 14, 512, 2, 132_000)]
    [InlineData(64, 56, 64, 4, 352_800)] // ResNet-18
    [InlineData(256, 14, 256, 2, 89_100)]
    [InlineData(512, 7, 512, 2, 462_000)]
    public void Winograd_has_the_published_number_of_configurations_index_for_index(int channels, int size, int filters, int outputs, long count)
    {
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse($"conv2d/1x{channels}x{size}x{size}/{filters}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")!;
        Space own = new TransformTemplate(outputs).CreateSpace(w, Gpu);
        var published = new Space(AutoTvmKnobs.CudaWinograd(w));
        own.Count.ShouldBe(count);
        published.Count.ShouldBe(count);
        var random = new Random(4);
        for (int i = 0; i < 100; i++)
        {
            long index = random.NextInt64(count);
            published[index].ToLabels().Values.ShouldBe(own[index].ToLabels().Values);
        }
    }

    [Theory]
    [InlineData(25088, 4096, 30)]
    [InlineData(4096, 1000, 13)]
    [InlineData(9216, 4096, 33)]
    [InlineData(512, 1000, 10)]
    public void The_first_configurations_of_few_rows_are_AutoTVMs(int depth, int outputs, int count)
    {
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse($"dense/1x{depth}x1x1/{outputs}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1")!;
        Space own = new DenseTemplate().CreateSpace(w, Gpu);
        var published = new Space(AutoTvmKnobs.CudaDenseSmall(depth));
        published.Count.ShouldBe(count);
        for (int index = 0; index < count; index++)
        {
            own[index].Label("tile_k").ShouldBe(published[index].Label("tile_k"));
            (own[index].Value(DenseTemplate.Outputs), own[index].Value(DenseTemplate.Rows)).ShouldBe((1, 1));
        }
    }
}
