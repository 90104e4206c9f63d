using Attune.Kernels.Spaces;

namespace Attune.Kernels.Tests.Spaces;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class SpaceTests
{
    [Fact]
    public void Splits_of_seven_come_in_AutoTVM_order() =>
        Knob.Split("tile", 7, 4).Labels.ShouldBe(["7x1x1x1", "1x7x1x1", "1x1x7x1", "1x1x1x7"]);

    [Fact]
    public void Splits_of_512_start_with_the_outermost_explicit_factor_fastest()
    {
        Knob knob = Knob.Split("tile", 512, 4);
        knob.Labels.Take(4).ShouldBe(["512x1x1x1", "256x2x1x1", "128x4x1x1", "64x8x1x1"]);

        // n = 2^9: C(9 + 3, 3) ordered factorisations.
        knob.Count.ShouldBe(220);
    }

    [Theory]
    [InlineData(64, 4, 84)] // C(6+3, 3)
    [InlineData(224, 4, 224)] // 2^5 * 7: C(8, 3) * 4
    [InlineData(360, 3, 10 * 6 * 3)] // 2^3 * 3^2 * 5
    [InlineData(1, 4, 1)]
    [InlineData(13, 2, 2)]
    public void The_number_of_splits_is_the_product_over_primes(int extent, int parts, int expected)
    {
        Knob knob = Knob.Split("tile", extent, parts);
        knob.Count.ShouldBe(expected);
        knob.Labels.Distinct().Count().ShouldBe(expected);
        knob.Entities.ShouldAllBe(entity => entity.Aggregate(1, (a, b) => a * b) == extent);
    }

    [Fact]
    public void The_space_of_the_first_VGG_layer_has_the_published_size()
    {
        Space space = Direct(filters: 64, height: 224, width: 224, channels: 3, kernel: 3);
        space.Count.ShouldBe(202_309_632);
    }

    [Fact]
    public void The_worked_index_of_a_residual_layer_decodes_to_its_knobs()
    {
        Space space = Direct(filters: 512, height: 7, width: 7, channels: 512, kernel: 3);
        space.Count.ShouldBe(844_800);
        space.Decode(822_621).ShouldBe([41, 3, 2, 3, 1, 1, 2, 1]);
        space.Encode([41, 3, 2, 3, 1, 1, 2, 1]).ShouldBe(822_621);
        Configuration point = space[822_621];
        point.Tuple("tile_f").ShouldBe([8, 2, 32, 1]);
        point.Tuple("tile_y").ShouldBe([1, 1, 1, 7]);
        point.Tuple("tile_x").ShouldBe([1, 1, 7, 1]);
        point.Tuple("tile_rc")[1].ShouldBe(8);
        point.Value("unroll").ShouldBe(1500);
        point.IsOn("explicit").ShouldBeTrue();
    }

    [Fact]
    public void Index_and_knobs_are_a_bijection()
    {
        var space = new Space([Knob.Split("a", 12, 3), Knob.Scale("b", 1, 2, 8), Knob.Choice("c", "x", "y"), Knob.Flag("d")]);
        var seen = new HashSet<string>();
        for (long index = 0; index < space.Count; index++)
        {
            space.Encode(space.Decode(index)).ShouldBe(index);
            Configuration point = space[index];
            seen.Add(point.ToString()).ShouldBeTrue();
            space.Find(point.ToLabels()).ShouldBe(point);
        }
    }

    [Fact]
    public void Labels_of_another_template_are_no_point()
    {
        var space = new Space([Knob.Scale("a", 1, 2), Knob.Flag("b")]);
        space.Find(new Dictionary<string, string> { ["a"] = "1" }).ShouldBeNull();
        space.Find(new Dictionary<string, string> { ["a"] = "3", ["b"] = "on" }).ShouldBeNull();
        space.Find(new Dictionary<string, string> { ["a"] = "1", ["c"] = "on" }).ShouldBeNull();
    }

    [Fact]
    public void Features_are_the_coordinates_then_what_the_template_derives()
    {
        var space = new Space([Knob.Split("a", 8, 2), Knob.Scale("b", 0, 3), Knob.Choice("c", "x", "y")], derive: point => [point.Value("a")]);
        long index = space.Encode([3, 1, 1]);
        space[index].Label("a").ShouldBe("1x8");
        space.Features(index).ShouldBe([0, 3, 2, 1, 1]);
    }

    private static Space Direct(int filters, int height, int width, int channels, int kernel) => new(
    [
        Knob.Split("tile_f", filters, 4),
        Knob.Split("tile_y", height, 4),
        Knob.Split("tile_x", width, 4),
        Knob.Split("tile_rc", channels, 2),
        Knob.Split("tile_ry", kernel, 2),
        Knob.Split("tile_rx", kernel, 2),
        Knob.Scale("unroll", 0, 512, 1500),
        Knob.Flag("explicit"),
    ]);
}
