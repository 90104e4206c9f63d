using Attune.Kernels.Spaces;
using Attune.Tuning.Sampling;

namespace Attune.Tuning.Tests.Sampling;

public sealed class NeighbourhoodTests
{
    private static readonly Space Small = new([Knob.Split("a", 24, 3), Knob.Scale("b", 1, 2, 4, 8), Knob.Choice("c", "x", "y", "z"), Knob.Split("d", 6, 2)]);

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2.3)]
    [InlineData(3)]
    [InlineData(100)]
    public void Counting_and_enumerating_agree_with_brute_force(double radius)
    {
        var random = new Random(3);
        for (int trial = 0; trial < 10; trial++)
        {
            long centre = random.NextInt64(Small.Count);
            long[] expected = BruteForce(Small, centre, radius);
            var ball = new Neighbourhood(Small, centre, radius);
            ball.Count.ShouldBe(expected.Length);
            ball.Enumerate().Order().ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData(CoordinateMap.Index, 1)]
    [InlineData(CoordinateMap.Index, 2.5)]
    [InlineData(CoordinateMap.Raw, 3)]
    [InlineData(CoordinateMap.Raw, 7)]
    public void Counting_agrees_with_brute_force_in_index_and_raw_coordinates(CoordinateMap map, double radius)
    {
        var random = new Random(4);
        for (int trial = 0; trial < 10; trial++)
        {
            long centre = random.NextInt64(Small.Count);
            int[] from = Small.Decode(centre);
            long[] expected = [.. Enumerable.Range(0, (int)Small.Count).Select(i => (long)i).Where(
                point => Distance(from, Small.Decode(point), map) <= (radius * radius) + 1e-9)];
            var ball = new Neighbourhood(Small, centre, radius, map);
            ball.Count.ShouldBe(expected.Length);
            ball.Enumerate().Order().ShouldBe(expected);
        }
    }

    [Fact]
    public void Raw_coordinates_never_reach_another_unroll_limit()
    {
        var space = new Space([Knob.Scale("auto_unroll_max_step", 0, 512, 1500)]);
        new Neighbourhood(space, 1, 4.5, CoordinateMap.Raw).Count.ShouldBe(1);
        new Neighbourhood(space, 1, 4.5, CoordinateMap.Log2).Count.ShouldBe(2);
        new Neighbourhood(space, 1, 4.5, CoordinateMap.Index).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nearby_points_are_the_valid_ones_of_the_ball_in_lists_and_in_products(bool listed)
    {
        long[] valid = [.. Enumerable.Range(0, (int)Small.Count).Select(i => (long)i).Where(point => point % 3 != 0)];
        Space space = listed ? new Space(Small.Knobs, listed: [.. valid]) : new Space(Small.Knobs, point => point.Index % 3 != 0);
        long[] expected = [.. new Neighbourhood(Small, 100, 2).Enumerate().Where(point => point % 3 != 0 && point != 100 && point % 2 == 0).Order()];
        List<long> near = NearbyPoints.Around(space, 100, 2, 1000, new Random(1), point => point % 2 != 0);
        near.Order().ShouldBe(expected);
        List<long> few = NearbyPoints.Around(space, 100, 2, 5, new Random(1), point => point % 2 != 0);
        few.Count.ShouldBe(5);
        few.ShouldBeSubsetOf(expected);
    }

    [Fact]
    public void Radius_zero_is_the_centre_alone() => new Neighbourhood(Small, 17, 0).Enumerate().ShouldBe([17L]);

    [Fact]
    public void One_knob_alone_counts_its_near_entities()
    {
        var line = new Space([Knob.Scale("b", [1, 3, 7, 15, 31, 63])]);

        // log2(1 + value) = 1..6: two steps each way of the third.
        new Neighbourhood(line, 2, 2).Count.ShouldBe(5);
    }

    [Fact]
    public void Samples_are_uniform_over_the_ball()
    {
        var ball = new Neighbourhood(Small, 101, 1.8);
        var random = new Random(11);
        var hits = ball.Enumerate().ToDictionary(point => point, _ => 0);
        int draws = 200 * hits.Count;
        for (int i = 0; i < draws; i++)
        {
            hits[ball.Sample(random)]++;
        }

        ShouldBeUniform([.. hits.Values], draws);
    }

    [Fact]
    public void The_centre_of_a_huge_space_is_counted_without_enumerating()
    {
        var space = new Space([.. Enumerable.Range(0, 4).Select(i => Knob.Split($"tile{i}", 512, 4)), Knob.Flag("f")]);
        var ball = new Neighbourhood(space, space.Count / 2, 3);
        ball.Count.ShouldBeGreaterThan(100);
        ball.Count.ShouldBeLessThan(space.Count);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            KnobMetric.Squared(space, space.Count / 2, ball.Sample(random)).ShouldBeLessThanOrEqualTo(9 + 1e-9);
        }
    }

    [Fact]
    public void One_knob_moves_change_one_knob_and_stay_valid()
    {
        var space = new Space(Small.Knobs, point => point.Label("c") != "y");
        long centre = space.Encode([5, 1, 0, 2]);
        long[] moves = [.. KnobMoves.From(space, centre)];
        moves.Length.ShouldBe(space.Knobs[0].Count - 1 + 3 + 1 + 3);
        moves.ShouldBeUnique();
        foreach (long move in moves)
        {
            space.IsValid(move).ShouldBeTrue();
            space.Decode(move).Zip(space.Decode(centre)).Count(pair => pair.First != pair.Second).ShouldBe(1);
        }

        KnobMoves.From(space, centre, 1).ShouldAllBe(move => KnobMetric.Squared(space, centre, move) <= 1);
    }

    internal static void ShouldBeUniform(int[] hits, int draws)
    {
        double expected = (double)draws / hits.Length;
        double statistic = hits.Sum(count => (count - expected) * (count - expected) / expected);
        double freedom = hits.Length - 1;

        // Wilson and Hilferty: the cube root of chi-square / freedom is nearly normal; 4 deviations for a seeded test.
        double z = (Math.Cbrt(statistic / freedom) - (1 - (2 / (9 * freedom)))) / Math.Sqrt(2 / (9 * freedom));
        Math.Abs(z).ShouldBeLessThan(4);
    }

    private static double Distance(int[] from, int[] to, CoordinateMap map)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++)
        {
            Knob knob = Small.Knobs[i];
            sum += map == CoordinateMap.Index
                ? Math.Pow(from[i] - to[i], 2)
                : knob.Kind switch
                {
                    KnobKind.Choice => from[i] == to[i] ? 0 : 1,
                    KnobKind.Split => knob.Entities[from[i]].Zip(knob.Entities[to[i]]).Skip(1).Sum(pair => Math.Pow(pair.First - pair.Second, 2)),
                    _ => Math.Pow(knob.Entities[from[i]][0] - knob.Entities[to[i]][0], 2),
                };
        }

        return sum;
    }

    private static long[] BruteForce(Space space, long centre, double radius)
    {
        int[] from = space.Decode(centre);
        var inside = new List<long>();
        for (long point = 0; point < space.Count; point++)
        {
            int[] to = space.Decode(point);
            double quarters = 0;
            for (int i = 0; i < to.Length; i++)
            {
                double squared = space.Knobs[i].Kind == KnobKind.Choice
                    ? (from[i] == to[i] ? 0 : 1)
                    : space.Knobs[i].Coordinates[from[i]].Zip(space.Knobs[i].Coordinates[to[i]]).Sum(pair => Math.Pow(pair.First - pair.Second, 2));
                quarters += Math.Ceiling((squared * 4) - 1e-9);
            }

            if (quarters <= (radius * radius * 4) + 1e-9)
            {
                inside.Add(point);
            }
        }

        return [.. inside];
    }
}
