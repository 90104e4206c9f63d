using Attune.Compile.Diagnostics;
using Attune.Measuring.Probes;
using Attune.Runtime;

namespace Attune.Compile.Tests.Diagnostics;

public sealed class LayerProfileTests
{
    // 100 GFLOP/s and 10 GB/s: 10 operations a byte are where both limits meet.
    private static readonly MachineSpeed Machine = new(2, 100e9, 10e9);

    [Fact]
    public void A_layer_of_much_arithmetic_is_bound_by_it()
    {
        LayerProfile layer = Layer(flops: 1_000_000_000, executed: 250_000_000, bytes: 10_000_000, ms: 5);
        layer.Bound.ShouldBe("compute");
        layer.Gflops.ShouldBe(200, 1e-9);
        layer.ExecutedGflops.ShouldBe(50, 1e-9);
        layer.Gbs.ShouldBe(2, 1e-9);

        // 10 ms of direct arithmetic in 5 ms; 2.5 ms of executed arithmetic in 5 ms.
        layer.RooflineShare.ShouldBe(2, 1e-9);
        layer.ExecutedRooflineShare.ShouldBe(0.5, 1e-9);
        layer.Share.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void A_layer_of_much_data_is_bound_by_memory()
    {
        LayerProfile layer = Layer(flops: 100_000_000, executed: 100_000_000, bytes: 40_000_000, ms: 5);
        layer.Bound.ShouldBe("memory");
        layer.Gbs.ShouldBe(8, 1e-9);
        layer.RooflineShare.ShouldBe(0.8, 1e-9);
    }

    [Theory]
    [InlineData(new[] { 8 }, 2, 1.0)]
    [InlineData(new[] { 3 }, 2, 0.75)]
    [InlineData(new[] { 1 }, 4, 0.25)]
    [InlineData(new[] { 4, 3 }, 2, 7 / 8.0)]
    [InlineData(new[] { 0 }, 2, 1.0)]
    public void Units_that_do_not_divide_leave_threads_idle(int[] units, int threads, double balance) =>
        LayerProfile.BalanceOf([.. units], threads).ShouldBe(balance, 1e-12);

    [Fact]
    public void The_tile_is_what_shapes_blocks_and_registers() =>
        Layer(1, 1, 1, 1).Tile.ShouldBe("oc=1x2x4 ow_tile=14 oh_tile=1 oh_block=2");

    private static LayerProfile Layer(long flops, long executed, long bytes, double ms)
    {
        var step = new StepReport(
            "conv", "Convolution", "conv 3x3", "key", "oc=1x2x4 ow_tile=14 oh_tile=1 ic_unroll=4 oh_block=2 nest=oc-rows-cols", null, flops, bytes)
        {
            ExecutedFlops = executed,
            Algorithm = "winograd4",
        };
        return LayerProfile.Of(0, step, new StepTime(ms, 0.1, 0.02), 10, Machine);
    }
}
