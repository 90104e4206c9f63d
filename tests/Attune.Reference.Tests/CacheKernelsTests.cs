using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Writing into caches, reading bits as another type, running products.</summary>
public class CacheKernelsTests
{
    private static readonly Tensor Cache = Kernel.Floats(Shape.Of(2, 1, 3, 1), static _ => 0);
    private static readonly Tensor Update = Tensor.Of(Shape.Of(2, 1, 2, 1), new float[] { 1, 2, 3, 4 });

    [Fact]
    public void Each_sequence_is_written_from_its_own_place_on() =>
        Scatter(Attributes.None, 1, 0).ShouldBe([2, 1, 3, 1], [0, 1, 2, 3, 4, 0]);

    [Fact]
    public void A_circular_cache_goes_on_at_its_beginning() =>
        Scatter(Attributes.None.With("mode", "circular"), 2, 0).ShouldBe([2, 1, 3, 1], [2, 0, 1, 3, 4, 0]);

    [Fact]
    public void A_linear_cache_ends() =>
        Should.Throw<InvalidNodeException>(() => Scatter(Attributes.None, 2, 0)).Reason.ShouldContain("2 elements from 2 on");

    [Fact]
    public void Without_places_the_beginning_is_written() =>
        Kernel.RunAll("TensorScatter", 24, 1, Attributes.None, Cache, Update)[0].ShouldBe([2, 1, 3, 1], [1, 2, 0, 3, 4, 0]);

    [Fact]
    public void Bits_stay_what_they_are()
    {
        Tensor bits = Kernel.RunAll("BitCast", 26, 1, Attributes.None.With("to", (long)DataType.Int32), Tensor.Vector(1f, -2f))[0];

        bits.Elements<int>().ShouldBe([0x3F800000, unchecked((int)0xC0000000)]);
        Should.Throw<InvalidNodeException>(() => Kernel.RunAll("BitCast", 26, 1, Attributes.None.With("to", (long)DataType.Int8), Tensor.Vector(1f)));
    }

    [Fact]
    public void Products_run_along_an_axis()
    {
        Tensor x = Tensor.Vector(1f, 2f, 3f);
        Tensor axis = Tensor.Scalar(0L);

        Kernel.RunAll("CumProd", 26, 1, Attributes.None, x, axis)[0].ShouldBe([3], [1, 2, 6]);
        Kernel.RunAll("CumProd", 26, 1, Attributes.None.With("exclusive", 1).With("reverse", 1), x, axis)[0].ShouldBe([3], [6, 3, 1]);
    }

    private static Tensor Scatter(Attributes attributes, params long[] places) =>
        Kernel.RunAll("TensorScatter", 24, 1, attributes, Cache, Update, Tensor.Vector(places))[0];
}
