using System.Collections.Immutable;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Tests.Spaces;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class SpaceLatticeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Counting_and_enumerating_agree_with_testing_every_point(int seed)
    {
        Space space = Constrained(new Random(seed));
        SpaceLattice lattice = SpaceLattice.TryBuild(space).ShouldNotBeNull();
        long[] expected = [.. Enumerable.Range(0, (int)space.Count).Select(i => (long)i).Where(space.IsValid)];
        lattice.Count.ShouldBe(expected.Length);
        lattice.Enumerate().Order().ShouldBe(expected);
    }

    [Fact]
    public void Samples_are_uniform_over_the_valid_points()
    {
        Space space = Constrained(new Random(5));
        SpaceLattice lattice = SpaceLattice.TryBuild(space).ShouldNotBeNull();
        Dictionary<long, int> hits = lattice.Enumerate().ToDictionary(point => point, _ => 0);
        var random = new Random(9);
        int draws = 100 * hits.Count;
        for (int i = 0; i < draws; i++)
        {
            hits[lattice.Sample(random)]++;
        }

        double expected = (double)draws / hits.Count;
        double statistic = hits.Values.Sum(count => (count - expected) * (count - expected) / expected);
        double freedom = hits.Count - 1;

        // Wilson and Hilferty: the cube root of chi-square / freedom is nearly normal.
        Math.Abs((Math.Cbrt(statistic / freedom) - (1 - (2 / (9 * freedom)))) / Math.Sqrt(2 / (9 * freedom))).ShouldBeLessThan(4);
    }

    [Fact]
    public void One_valid_point_among_a_trillion_is_found()
    {
        // 12 knobs of 10 values: 10^12 points; only all nines sum to 108.
        Space space = Decades(12, 108);
        space.Count.ShouldBe(1_000_000_000_000);
        SpaceLattice lattice = SpaceLattice.TryBuild(space).ShouldNotBeNull();
        lattice.Count.ShouldBe(1);
        lattice.Sample(new Random(1)).ShouldBe(999_999_999_999);
        space.IsValid(999_999_999_999).ShouldBeTrue();
        space.IsValid(999_999_999_998).ShouldBeFalse();
    }

    [Fact]
    public void A_space_without_valid_points_is_known_to_have_none()
    {
        SpaceLattice lattice = SpaceLattice.TryBuild(Decades(12, 109)).ShouldNotBeNull();
        lattice.Count.ShouldBe(0);
        lattice.Enumerate().ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => lattice.Sample(new Random(1)));
    }

    [Fact]
    public void The_number_of_points_that_sum_to_half_is_the_central_coefficient()
    {
        // Six digits that sum to 27: 55,252 of a million (the number of lucky tickets).
        SpaceLattice.TryBuild(Decades(6, 27)).ShouldNotBeNull().Count.ShouldBe(55_252);
    }

    [Fact]
    public void Without_constraints_it_is_the_whole_product() =>
        SpaceLattice.TryBuild(new Space([Knob.Split("a", 512, 4), Knob.Flag("b")])).ShouldNotBeNull().Count.ShouldBe(440);

    [Fact]
    public void The_threads_of_a_large_layer_are_counted_by_groups()
    {
        // VGG's second layer on a GPU: threads of three tiles together at most 1024, those of the first at most 64.
        Space space = new(
            [Knob.Split("f", 64, 4), Knob.Split("y", 224, 4), Knob.Split("x", 224, 4)],
            constraints:
            [
                SpaceConstraint.ProductAtMost("threads", 1024, ["f", "y", "x"], (_, tile) => tile[2]),
                SpaceConstraint.Machine("depth", ["f"], 0, (_, tile) => tile[2], (_, _, threads) => threads <= 64 ? 0 : null),
            ]);
        SpaceLattice lattice = SpaceLattice.TryBuild(space).ShouldNotBeNull();
        int[] f = [.. space.Knobs[0].Entities.Select(tile => tile[2])];
        int[] y = [.. space.Knobs[1].Entities.Select(tile => tile[2])];
        long expected = f.GroupBy(t => t).Sum(a => y.GroupBy(t => t).Sum(
            b => y.GroupBy(t => t).Sum(c => a.Key <= 64 && (long)a.Key * b.Key * c.Key <= 1024 ? (long)a.Count() * b.Count() * c.Count() : 0)));
        lattice.Count.ShouldBe(expected);
        space.IsValid(lattice.Sample(new Random(2))).ShouldBeTrue();
    }

    private static Space Decades(int digits, long sum)
    {
        ImmutableArray<Knob> knobs = [.. Enumerable.Range(0, digits).Select(i => Knob.Scale($"d{i}", [.. Enumerable.Range(0, 10)]))];
        return new Space(knobs, constraints: [SpaceConstraint.Machine(
            "sum", [.. knobs.Select(knob => knob.Name)], 0, (_, digit) => digit[0], (state, _, digit) => state + digit, state => state == sum)]);
    }

    private static Space Constrained(Random random)
    {
        Knob a = Knob.Split("a", 24, 3);
        Knob b = Knob.Scale("b", 1, 2, 4, 8);
        Knob c = Knob.Choice("c", "x", "y", "z");
        Knob d = Knob.Split("d", 12, 2);
        int bound = random.Next(8, 60);
        int parity = random.Next(2);
        return new Space(
            [a, b, c, d],
            constraints:
            [
                SpaceConstraint.ProductAtMost("work", bound, ["d", "a", "b"], (_, entity) => entity[^1]),
                SpaceConstraint.SumAtMost("size", 20, ["a", "d"], (_, entity) => entity[0]),
                SpaceConstraint.Where("odd", [c, b], entities => (entities[0][0] + entities[1][0]) % 2 == parity || entities[1][0] > 2),
            ]);
    }
}
