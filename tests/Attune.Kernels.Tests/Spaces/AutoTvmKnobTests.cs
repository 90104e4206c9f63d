using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Spaces;

/// <summary>Knobs and spaces as AutoTVM enumerates them; sizes are those of the published templates (tuning.md 1.1 to 1.4).</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class AutoTvmKnobTests
{
    [Theory]
    [InlineData(64, 224, 3, 3, 202_309_632)] // VGG-16
    [InlineData(64, 224, 64, 3, 708_083_712)]
    [InlineData(128, 112, 64, 3, 395_136_000)]
    [InlineData(128, 112, 128, 3, 451_584_000)]
    [InlineData(256, 56, 128, 3, 202_752_000)]
    [InlineData(256, 56, 256, 3, 228_096_000)]
    [InlineData(512, 28, 256, 3, 76_032_000)]
    [InlineData(512, 28, 512, 3, 84_480_000)]
    [InlineData(512, 14, 512, 3, 13_516_800)]
    [InlineData(64, 112, 3, 7, 79_027_200)] // ResNet-18
    [InlineData(64, 56, 64, 3, 90_316_800)]
    [InlineData(64, 56, 64, 1, 22_579_200)]
    [InlineData(512, 7, 512, 3, 844_800)]
    [InlineData(512, 7, 256, 1, 190_080)]
    [InlineData(32, 112, 3, 3, 52_684_800)] // MobileNet-v1
    [InlineData(1024, 7, 1024, 1, 302_016)]
    public void Direct_convolutions_on_a_GPU_have_the_published_number_of_configurations(int filters, int size, int channels, int kernel, long expected) =>
        new Space(
    [
        Knob.Split("tile_f", filters, 4), Knob.Split("tile_y", size, 4), Knob.Split("tile_x", size, 4),
        Knob.Split("tile_rc", channels, 2), Knob.Split("tile_ry", kernel, 2), Knob.Split("tile_rx", kernel, 2),
        Knob.Scale("auto_unroll_max_step", 0, 512, 1500), Knob.Flag("unroll_explicit"),
    ]).Count.ShouldBe(expected);

    [Theory]
    [InlineData(32, 112, 6_585_600)]
    [InlineData(512, 14, 337_920)]
    [InlineData(1024, 7, 27_456)]
    public void Depthwise_convolutions_too(int channels, int size, long expected) => new Space(
    [
        Knob.Split("tile_f", channels, 4), Knob.Split("tile_y", size, 4), Knob.Split("tile_x", size, 4),
        Knob.Scale("auto_unroll_max_step", 0, 256, 1500), Knob.Flag("unroll_explicit"),
    ]).Count.ShouldBe(expected);

    [Fact]
    public void Powers_of_two_may_leave_a_tail_and_the_outermost_factor_rounds_up()
    {
        Knob knob = Knob.Split("tile", 7, 2, new SplitRule { Policy = SplitPolicy.Power2 });
        knob.Labels.ShouldBe(["7x1", "4x2", "2x4"]);
        Knob.Split("tile", 7, 2, new SplitRule { Policy = SplitPolicy.Power2, NoTail = true }).Labels.ShouldBe(["7x1"]);
    }

    [Theory]
    [InlineData(12, new[] { 1, 2, 3, 4, 6, 8, 12 })]
    [InlineData(56, new[] { 32, 1, 2, 4, 7, 8, 14, 16, 56, 28 })]
    [InlineData(112, new[] { 32, 1, 2, 64, 4, 7, 8, 14, 16, 112, 56, 28 })] // so far as TVM's own logs show them
    [InlineData(224, new[] { 64, 1, 2, 128, 4, 7, 8, 14, 16, 28, 32, 224, 112, 56 })]
    public void Verbose_splits_take_divisors_and_powers_of_two_in_the_order_of_a_Python_set(int extent, int[] factors) =>
        Knob.Split("tile", extent, 2, new SplitRule { Policy = SplitPolicy.Verbose }).Entities.Select(entity => entity[1]).ShouldBe(factors);

    [Fact]
    public void Divisors_come_in_ascending_order_however_large_the_extent()
    {
        foreach (int extent in Enumerable.Range(1, 300).Concat([1024, 5040, 55_440, 65_536, 65_521]))
        {
            Knob.Split("tile", extent, 2).Entities.Select(entity => entity[1]).ShouldBe(Enumerable.Range(1, extent).Where(d => extent % d == 0));
        }

        Knob.Split("tile", int.MaxValue, 2).Labels.ShouldBe(["2147483647x1", "1x2147483647"]);
    }

    [Fact]
    public void Winograd_tiles_that_cannot_be_counted_are_an_overflow_and_no_template_takes_them()
    {
        ConvolutionWorkload w = new ConvolutionWorkload
        {
            Batch = 65_536,
            InChannels = 4,
            Height = 1024,
            Width = 1024,
            OutChannels = 4,
            KernelHeight = 3,
            KernelWidth = 3,
            Padding = new Halo(1, 1, 1, 1),
            Lanes = 1,
        }.Classified();
        AutoTvmKnobs.WinogradExtents(w, 4).ShouldBe((36, 65_536L * 256 * 256));
        Should.Throw<OverflowException>(() => AutoTvmKnobs.CudaWinograd(w));
        new TileGrid(w, 4).IsEligible.ShouldBeFalse();
        new TileGrid(w with { Batch = 1 }, 4).IsEligible.ShouldBeTrue();
    }

    [Fact]
    public void Bounds_and_filters_thin_a_split_out()
    {
        Knob.Split("tile", 512, 2, new SplitRule { MaxFactor = 64 }).Count.ShouldBe(7);
        Knob.Split(
            "tile",
            28,
            2,
            new SplitRule { Policy = SplitPolicy.Verbose, Admit = entity => entity[^1] <= 8 }).Labels.ShouldBe(["28x1", "14x2", "7x4", "4x7", "4x8"]);
    }

    [Fact]
    public void Orders_come_in_lexicographic_order()
    {
        Knob knob = Knob.Reorder("reorder_inner", 3);
        knob.Labels.ShouldBe(["0-1-2", "0-2-1", "1-0-2", "1-2-0", "2-0-1", "2-1-0"]);
        knob.Kind.ShouldBe(KnobKind.Reorder);
        Knob.ReorderInterval("r", 4, 1, 3).Labels.ShouldBe(["0-1-2-3", "0-2-1-3"]);
        Should.Throw<ArgumentException>(() => Knob.Reorder("r", [ImmutableArray.Create(0, 0)]));
    }

    [Fact]
    public void Interleaving_takes_from_the_longest_chain_first() =>
        Knob.Interleave("r", [0, 1], [2, 3, 4], [5]).Labels.ShouldBe(["2-0-3-1-4-5"]);

    [Fact]
    public void Annotations_allow_one_vector_loop()
    {
        Knob knob = Knob.Annotate("ann", Annotations.ChoicesOf("try_unroll"), Annotations.ChoicesOf("try_unroll_vec"));
        knob.Labels.ShouldBe(["none-none", "none-unroll", "none-vec", "unroll-none", "unroll-unroll", "unroll-vec"]);
        Knob.Annotate("ann", ["none", "vec"], ["none", "vec"]).Labels.ShouldBe(["none-none", "none-vec", "vec-none"]);
        Should.Throw<ArgumentException>(() => Knob.Annotate("ann", ["vectorise"])).Message.ShouldContain("known:");
    }

    [Fact]
    public void Neighbouring_loops_and_single_annotations_are_one_apart()
    {
        Knob order = Knob.Reorder("r", 3);
        Squared(order, 0, 1).ShouldBe(1, 1e-12);
        Knob annotation = Knob.Annotate("a", ["none", "unroll"], ["none", "vec"]);
        Squared(annotation, 0, 1).ShouldBe(1, 1e-12);
        Squared(annotation, 0, 3).ShouldBe(2, 1e-12);
    }

    private static double Squared(Knob knob, int a, int b) => knob.Coordinates[a].Zip(knob.Coordinates[b], (u, v) => (u - v) * (u - v)).Sum();
}
