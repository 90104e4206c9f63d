using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Sampling;

/// <summary>Neighbours and distances in a union of spaces, where an index is a place in the space of one algorithm.</summary>
public sealed class UnionSamplingTests
{
    private static readonly Space First = new([Knob.Scale("a", 1, 2, 4, 8), Knob.Scale("b", 1, 2, 4)]);
    private static readonly Space Second = new([Knob.Scale("a", 1, 2, 4, 8), Knob.Scale("c", 1, 2, 4, 8, 16)]);
    private static readonly Space Both = Space.Union("algorithm", ("one", First), ("two", Second));

    [Fact]
    public void Moves_from_a_point_change_one_knob_of_its_algorithm()
    {
        for (long point = 0; point < Both.Count; point++)
        {
            IReadOnlyDictionary<string, string> here = Both[point].ToLabels();
            long[] moves = [.. KnobMoves.From(Both, point)];
            moves.ShouldBeUnique();
            moves.Length.ShouldBe(3 + (here["algorithm"] == "one" ? 2 : 4));
            foreach (long moved in moves)
            {
                IReadOnlyDictionary<string, string> there = Both[moved].ToLabels();
                there["algorithm"].ShouldBe(here["algorithm"]);
                here.Count(label => there[label.Key] != label.Value).ShouldBe(1);
            }
        }
    }

    [Fact]
    public void A_ball_is_that_of_the_algorithms_own_space()
    {
        foreach (SpacePart part in Both.Parts)
        {
            for (long own = 0; own < part.Space.Count; own++)
            {
                var ball = new Neighbourhood(Both, part.First + own, 1.5);
                long[] expected = [.. new Neighbourhood(part.Space, own, 1.5).Enumerate().Select(point => part.First + point)];
                ball.Enumerate().ShouldBe(expected);
                ball.Count.ShouldBe(expected.Length);
                expected.ShouldContain(ball.Sample(new Random(1)));
            }
        }
    }

    [Fact]
    public void Distances_count_what_both_points_have_and_the_choice()
    {
        long one = Point(("a", "1"), ("b", "4"), ("algorithm", "one"));
        long same = Point(("a", "1"), ("b", "1"), ("algorithm", "one"));
        long two = Point(("a", "1"), ("c", "16"), ("algorithm", "two"));
        long far = Point(("a", "8"), ("c", "16"), ("algorithm", "two"));
        KnobMetric.Squared(Both, one, same).ShouldBe(KnobMetric.Squared(First, one, same));
        KnobMetric.Squared(Both, one, two).ShouldBe(1);
        KnobMetric.Squared(Both, one, far).ShouldBe(1 + KnobMetric.Squared(First.Knobs[0], 0, 3), 1e-12);
        KnobMetric.Squared(Both, far, one).ShouldBe(KnobMetric.Squared(Both, one, far), 1e-12);

        static long Point(params (string Knob, string Label)[] labels) => Both.Find(labels.ToDictionary(each => each.Knob, each => each.Label))!.Value.Index;
    }

    [Fact]
    public void Alignment_is_that_of_the_entities_that_a_point_has()
    {
        // What a point does not have is 0, as for the first entity; a factor of three stands out.
        Space odd = Space.Union("algorithm", ("one", new Space([Knob.Scale("a", 1, 2, 3)])), ("two", new Space([Knob.Scale("b", 1, 5)])));
        var features = new AlignmentFeatures(odd);
        features.Count.ShouldBe(2);
        var row = new float[2];
        features.Fill(2, row);
        row.ShouldBe([MathF.Log2(3), 0]);
        features.Fill(4, row);
        row.ShouldBe([0, MathF.Log2(5)]);
    }

    [Theory]
    [InlineData("bted+bao")]
    [InlineData("auto")]
    [InlineData("autotvm")]
    [InlineData("droplet")]
    [InlineData("ga")]
    public void Searches_for_a_GPU_ask_only_for_points_of_the_space(string searcher)
    {
        // Knobs of all templates together have more points than 63 bits count.
        var layer = ConvolutionWorkload.TryParse("conv2d/1x3x224x224/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")!;
        Space space = KernelTemplates.CreateSpace(layer, new KernelTarget { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) });
        space.Parts.Single(part => part.Name == "gpu-direct").Space.Count.ShouldBe(202_309_632);
        ISearcher search = SearcherCatalog.Create(searcher, space, new SearcherOptions { ExpectedTrials = 64 });
        var asked = new List<long>();
        for (int round = 0; round < 8; round++)
        {
            long[] points = [.. search.Ask(8)];
            points.ShouldAllBe(point => point >= 0 && point < space.Count && space.IsValid(point));
            asked.AddRange(points);
            search.Tell([.. points.Select(point => new Observation(point, Outcome.Ok, 1 + (space.Decode(point).Sum(value => value % 13) / 10.0)))]);
        }

        asked.ShouldBeUnique();
        asked.Select(point => string.Join(' ', space[point].ToLabels().Values)).ShouldBeUnique();
    }
}
