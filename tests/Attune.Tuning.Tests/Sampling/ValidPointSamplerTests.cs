using Attune.Kernels.Spaces;
using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Sampling;

public sealed class ValidPointSamplerTests
{
    [Fact]
    public void Points_are_distinct_valid_and_not_taken()
    {
        Space space = Large(point => point.Value("a") % 3 == 0);
        List<long> drawn = new ValidPointSampler(space).Draw(500, new Random(1), point => point % 2 == 0);
        drawn.Count.ShouldBe(500);
        drawn.ShouldBeUnique();
        drawn.ShouldAllBe(point => space.IsValid(point) && point % 2 == 1);
    }

    [Fact]
    public void A_space_with_fewer_valid_points_gives_them_all()
    {
        Space space = Large(point => point.Index % 100_000 == 77);
        new ValidPointSampler(space).Draw(50, new Random(1)).Order().ShouldBe([77, 100_077, 200_077]);
    }

    [Fact]
    public void A_space_without_valid_points_ends() => new ValidPointSampler(Large(_ => false)).Draw(5, new Random(1)).ShouldBeEmpty();

    [Fact]
    public void A_space_too_large_to_enumerate_without_valid_points_ends()
    {
        var space = new Space([.. Enumerable.Range(0, 6).Select(i => Knob.Split($"t{i}", 512, 4))], _ => false);
        new ValidPointSampler(space).Draw(5, new Random(1)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(64)]
    public void Draws_are_uniform_by_enumeration_and_by_rejection(int values)
    {
        Space space = values == 64
            ? Large(point => point.Index < values * 200 && point.Index % 200 == 0)
            : new Space([Knob.Scale("a", [.. Enumerable.Range(1, values)])]);
        var sampler = new ValidPointSampler(space);
        var random = new Random(5);
        var hits = new int[values];
        int draws = 300 * values;
        for (int i = 0; i < draws; i++)
        {
            long point = sampler.Draw(1, random)[0];
            hits[values == 64 ? point / 200 : point]++;
        }

        NeighbourhoodTests.ShouldBeUniform(hits, draws);
    }

    [Fact]
    public void The_only_point_of_a_trillion_is_drawn_and_then_none_is_left()
    {
        Space space = Trillion(108);
        var sampler = new ValidPointSampler(space);
        sampler.Draw(3, new Random(1)).ShouldBe([999_999_999_999]);
        sampler.End.ShouldBe(SamplingEnd.Exhausted);
        SpaceExamination.Of(space).Valid.ShouldBe(1);
        SpaceExamination.Of(space).Summary.ShouldContain("one valid point");
    }

    [Fact]
    public void A_trillion_points_without_a_valid_one_are_known_to_have_none()
    {
        Space space = Trillion(109);
        var sampler = new ValidPointSampler(space);
        sampler.Draw(1, new Random(1)).ShouldBeEmpty();
        sampler.End.ShouldBe(SamplingEnd.Exhausted);
        SpaceExamination.Of(space).HasNoValidPoint.ShouldBeTrue();
        SearcherCatalog.Create("autotvm", space).Ask(4).ShouldBeEmpty();
    }

    [Fact]
    public void What_chance_does_not_find_is_not_called_absent()
    {
        var space = new Space([.. Enumerable.Range(0, 6).Select(i => Knob.Split($"t{i}", 512, 4))], point => point.Index == 12345);
        var sampler = new ValidPointSampler(space);
        sampler.Draw(1, new Random(1)).ShouldBeEmpty();
        sampler.End.ShouldBe(SamplingEnd.NotFound);
        SpaceExamination.Of(space).HasNoValidPoint.ShouldBeFalse();
    }

    [Fact]
    public void Rare_points_of_a_huge_space_are_drawn_uniformly()
    {
        // Digits that sum to 106: two nines missing, 12 * 13 / 2 = 78 points.
        var sampler = new ValidPointSampler(Trillion(106));
        var random = new Random(8);
        var hits = new Dictionary<long, int>();
        for (int i = 0; i < 7800; i++)
        {
            long point = sampler.DrawOne(random, _ => false)!.Value;
            hits[point] = hits.GetValueOrDefault(point) + 1;
        }

        hits.Count.ShouldBe(78);
        NeighbourhoodTests.ShouldBeUniform([.. hits.Values], 7800);
    }

    [Fact]
    public void A_list_of_points_is_the_space()
    {
        var space = new Space([.. Enumerable.Range(0, 6).Select(i => Knob.Split($"t{i}", 512, 4))], listed: [7, 5_000_000_000, 99, 7]);
        var sampler = new ValidPointSampler(space);
        sampler.Draw(9, new Random(1)).Order().ShouldBe([7, 99, 5_000_000_000]);
        sampler.InOrder().ShouldBe([7, 99, 5_000_000_000]);
        sampler.DrawOne(new Random(1), point => point != 99).ShouldBe(99);
        sampler.DrawOne(new Random(1), _ => true).ShouldBeNull();
        space.IsValid(8).ShouldBeFalse();
        SpaceExamination.Of(space).Valid.ShouldBe(3);
    }

    private static Space Trillion(long sum)
    {
        Knob[] knobs = [.. Enumerable.Range(0, 12).Select(i => Knob.Scale($"d{i}", [.. Enumerable.Range(0, 10)]))];
        return new Space([.. knobs], constraints: [SpaceConstraint.Machine(
            "sum", [.. knobs.Select(knob => knob.Name)], 0, (_, digit) => digit[0], (state, _, digit) => state + digit, state => state == sum)]);
    }

    private static Space Large(Func<Configuration, bool> admits) =>
        new(
            [Knob.Scale("a", [.. Enumerable.Range(0, 64)]), Knob.Scale("b", [.. Enumerable.Range(0, 64)]), Knob.Scale("c", [.. Enumerable.Range(0, 64)])],
            admits);
}
