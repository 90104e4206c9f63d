using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Transposed convolutions as workloads: their keys, extents, and which templates take them.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class TransposedWorkloadTests
{
    private const string Upsampling = "transposed2d/2x5x4x6/6x3x3/s2x2/p1,1,1,1/d1x1/g1/o1x1/blocked-blocked/v1";
    private static readonly KernelTarget Gpu = SampleGpu.Of(new GroupLimits(1024, 48 << 10, 32));

    [Fact]
    public void A_key_is_read_back_with_the_extents_that_ONNX_gives()
    {
        TransposedWorkload w = Parsed(Upsampling);
        (w.OutHeight, w.OutWidth).ShouldBe((8, 12));
        w.Key.ShouldBe(Upsampling);
        w.Title.ShouldBe("transposed 3x3 5->6 8x12 s2");
        w.Flops.ShouldBe(2L * 2 * 5 * 4 * 6 * 6 * 9);
        w.IsTransposed.ShouldBeTrue();
        (w with { ExtraRows = 0 }).OutHeight.ShouldBe(7);
        (w with { DilationWidth = 2 }).OutWidth.ShouldBe(14);
    }

    [Theory]
    [InlineData("transposed2d/1x5x4x6/6x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v1")] // rows and columns more are part of its key
    [InlineData("conv2d/1x5x4x6/6x3x3/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1")]
    [InlineData("transposed2d/1x5x1x1/6x3x3/s1x1/p2,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1")] // nothing is left
    [InlineData("transposed2d/1x5x4x6/6x3x3/s0x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1")]
    [InlineData("transposed2d/1x5x9999999x6/6x3x3/s9999x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1")] // more rows than can be counted
    [InlineData("transposed2d/1x5x4x6/6x1x1/s1x1/p0,0,0,0/d1x1/g1/o0x0/blocked-blocked/v1/f16")]
    public void What_is_no_key_of_one_is_refused(string key) => WeightedWorkload.TryParse(key).ShouldBeNull();

    // Kernel 3, stride 2, padding 1: output y meets the inputs (y + 1) / 2 and the one before, where its phase is 1 with a weight of zero.
    [Theory]
    [InlineData(Upsampling, 1, 1, 1, 1)]
    [InlineData("transposed2d/1x5x4x6/6x5x5/s2x2/p0,0,0,0/d1x1/g1/o0x0/blocked-blocked/v1", 2, 2, 2, 2)]
    [InlineData("transposed2d/1x5x4x6/6x2x2/s3x3/p0,1,2,0/d1x1/g1/o2x2/blocked-blocked/v1", 0, 0, 0, 1)]
    [InlineData("transposed2d/1x5x4x6/6x3x3/s1x1/p1,1,1,1/d3x3/g1/o0x0/blocked-blocked/v1", 5, 5, 5, 5)]
    public void The_halo_holds_every_input_that_an_output_meets(string key, int top, int left, int bottom, int right) =>
        Parsed(key).InputHalo.ShouldBe(new Halo(top, left, bottom, right));

    [Fact]
    public void No_template_of_processors_takes_it_and_none_of_plain_convolutions()
    {
        foreach (string key in new[] { Upsampling, "transposed2d/1x64x8x8/64x1x1/s1x1/p0,0,0,0/d1x1/g1/o0x0/blocked-blocked/v1" })
        {
            TransposedWorkload w = Parsed(key);
            KernelTarget processor = HostTarget.Widest;
            TemplateRegistry.All.Where(template => template.Applies(w with { Lanes = processor.Lanes }, processor)).ShouldBeEmpty();
            KernelTemplates.CreateSpace(w, Gpu).Parts.Select(part => part.Name).ShouldBe(["gpu-transposed", "gpu-plain"]);
            DepthwiseBefore(w).ShouldBeNull();
        }

        TransposedWorkload grouped = Parsed("transposed2d/1x6x8x8/6x3x3/s2x2/p1,1,1,1/d1x1/g3/o0x0/blocked-blocked/v1");
        KernelTemplates.CreateSpace(grouped, Gpu).Parts.Select(part => part.Name).ShouldBe(["gpu-plain"]);
    }

    [Fact]
    public void A_kernel_that_no_group_holds_is_left_to_the_plain_template()
    {
        TransposedWorkload w = Parsed("transposed2d/1x3x8x8/4x64x64/s2x2/p0,0,0,0/d1x1/g1/o0x0/blocked-blocked/v1");
        KernelTarget small = SampleGpu.Of(new GroupLimits(64, 4 << 10, 16));
        Space space = KernelTemplates.CreateSpace(w, small);
        space.Parts.Select(part => part.Name).ShouldBe(["gpu-plain"]);
        space.IsValid(KernelTemplates.DefaultIndex(w, space, small)).ShouldBeTrue();
    }

    [Fact]
    public void Weights_of_ONNX_come_in_the_order_of_every_convolution_and_back()
    {
        TransposedWorkload w = Parsed("transposed2d/1x4x2x2/6x1x2/s1x1/p0,0,0,0/d1x1/g2/o0x0/blocked-blocked/v1");
        float[] onnx = [.. Enumerable.Range(0, 4 * 3 * 2).Select(i => (float)i)];
        float[] turned = w.Turned(onnx);

        // [in 4][out of group 3][2] becomes [out 6][in of group 2][2]: output 4 is the second of group 1, whose inputs are 2 and 3.
        turned[(4 * 2 * 2)..(5 * 2 * 2)].ShouldBe([onnx[14], onnx[15], onnx[20], onnx[21]]);
        TransposedWorkload.Turned(turned, groups: 2, first: 3, second: 2, each: 2).ShouldBe(onnx);
    }

    // With stride 2 a kernel of 3 has two taps for one phase and one for the other; where phases are not known both count as two.
    [Theory]
    [InlineData("transposed2d/1x16x8x8/8x3x3/s2x2/p1,1,1,1/d1x1/g1/o1x1/blocked-blocked/v1", 9, 16)]
    [InlineData("transposed2d/1x16x8x8/8x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1", 16, 16)]
    public void Zeros_between_inputs_are_not_multiplied(string key, int fewest, int most)
    {
        TransposedWorkload w = Parsed(key);
        Space space = KernelTemplates.CreateSpace(w, Gpu).Parts[0].Space;
        var template = new TransposedTemplate();
        var random = new Random(5);
        long[] executed =
        [
            .. Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(space.Count)).Where(space.IsValid).Take(400)
                .Select(index => template.ExecutedFlops(w, space[index])).Distinct(),
        ];
        long products = 2L * 16 * 8 * 8 * 8;
        executed.Min().ShouldBe(products * fewest);
        executed.Max().ShouldBe(products * most);
    }

    private static TransposedWorkload Parsed(string key) => WeightedWorkload.TryParse(key).ShouldBeOfType<TransposedWorkload>(key);

    private static PairWorkload? DepthwiseBefore(TransposedWorkload w) => PairWorkload.TryJoin(
        new DepthwiseWorkload(new ConvolutionWorkload
        {
            Batch = w.Batch,
            InChannels = w.InChannels,
            Height = w.Height,
            Width = w.Width,
            OutChannels = w.InChannels,
            Groups = w.InChannels,
            Lanes = 1,
        }),
        w);
}
