using Attune.Kernels.Spaces;
using Attune.Tuning.Sampling;

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
        Space space = values == 64 ? Large(point => point.Index < values * 200 && point.Index % 200 == 0) : new Space([Knob.Scale("a", [.. Enumerable.Range(1, values)])]);
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

    private static Space Large(Func<Configuration, bool> admits) =>
        new([Knob.Scale("a", [.. Enumerable.Range(0, 64)]), Knob.Scale("b", [.. Enumerable.Range(0, 64)]), Knob.Scale("c", [.. Enumerable.Range(0, 64)])], admits);
}
