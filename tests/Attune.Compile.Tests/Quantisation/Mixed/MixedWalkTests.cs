using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Session;

namespace Attune.Compile.Tests.Quantisation.Mixed;

public sealed class MixedWalkTests
{
    [Fact]
    public void The_first_within_the_budget_is_taken_and_nothing_slower_is_tried()
    {
        // As predicted: the third of five is the first within, and as fast as it was said to be.
        var walk = Walk(Front(5), 0.05, point => (5 - point) * 0.02, point => Predicted(point));
        Run(walk);
        walk.Trials.Select(trial => Number(trial.Point)).ShouldBe([0, 1, 2, 3]);
        Number(walk.Best!.Value.Point).ShouldBe(3);
        walk.Best.Value.Cost.Loss.ShouldBe(0.04, 1e-9);
        walk.Trials.Select(trial => trial.IsWithin).ShouldBe([false, false, false, true]);
        walk.Trials.Select(trial => trial.Ms).ShouldBe([null, null, null, Predicted(3)]);
    }

    [Fact]
    public void Between_the_last_outside_and_the_first_within_halving_finds_a_faster_one()
    {
        // A front of 151 is walked in steps of ten: 50 is the first step within, 41 the fastest of all that are.
        var walk = Walk(Front(151), 0.5, point => point >= 41 ? 0.5 : 0.6, point => Predicted(point));
        Run(walk);
        walk.Trials.Select(trial => Number(trial.Point)).ShouldBe([0, 10, 20, 30, 40, 50, 45, 42, 41]);
        Number(walk.Best!.Value.Point).ShouldBe(41);
    }

    [Fact]
    public void It_walks_on_where_a_choice_is_slower_than_was_predicted()
    {
        var walk = Walk(Front(8), 0.05, _ => 0.01, point => point == 0 ? Predicted(2) + 0.5 : Predicted(point));
        Run(walk);
        walk.Trials.Select(trial => Number(trial.Point)).ShouldBe([0, 1]);
        Number(walk.Best!.Value.Point).ShouldBe(1);
    }

    [Fact]
    public void All_on_bytes_are_tried_first_although_they_are_predicted_to_be_slow()
    {
        FrontPoint bytes = new([LayerPrecision.Int8], 31, 1);
        var slow = Walk(Front(4), 0.05, _ => 0.01, Predicted);
        slow.Run(bytes, _ => { });
        slow.Trials.Select(trial => Number(trial.Point)).ShouldBe([30, 0]);
        Number(slow.Best!.Value.Point).ShouldBe(0);

        var fast = Walk(Front(4), 0.05, _ => 0.01, point => point == 30 ? 0.5 : Predicted(point));
        fast.Run(bytes, _ => { });
        fast.Trials.ShouldHaveSingleItem().Point.ShouldBe(bytes);
        fast.Best!.Value.Point.ShouldBe(bytes);
    }

    [Fact]
    public void A_choice_that_is_not_known_to_be_faster_than_floats_is_not_taken()
    {
        var walk = Walk(Front(4), 0.05, _ => 0.01, Predicted, isFaster: false);
        Run(walk);
        walk.Best.ShouldBeNull();
        walk.Trials.Length.ShouldBe(1 + MixedWalk.MaxBeyond);
        walk.Trials.ShouldAllBe(trial => trial.IsWithin);
    }

    [Fact]
    public void The_budget_is_never_broken_whatever_is_measured()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 40);
            double[] losses = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
            double[] times = [.. Enumerable.Range(0, count).Select(_ => 10 * random.NextDouble())];
            var walk = Walk(Front(count), 0.3, point => losses[point], point => times[point]);
            Run(walk);
            walk.Trials.Length.ShouldBeLessThanOrEqualTo(MixedWalk.MaxSteps + MixedWalk.MaxHalvings);
            CandidateTrial[] within = [.. walk.Trials.Where(trial => trial.Loss <= 0.3)];
            if (within.Length == 0)
            {
                walk.Best.ShouldBeNull();
                continue;
            }

            walk.Best!.Value.Cost.Loss.ShouldBeLessThanOrEqualTo(0.3);
            walk.Best.Value.Point.ShouldBe(within.MinBy(trial => trial.Ms)!.Point);
        }
    }

    [Fact]
    public void Who_cancels_keeps_the_best_so_far()
    {
        var walk = Walk(Front(8), 0.05, point => point == 0 ? 0.01 : throw new OperationCanceledException(), _ => 9);
        Should.Throw<OperationCanceledException>(() => Run(walk));
        Number(walk.Best!.Value.Point).ShouldBe(0);
        walk.Trials.ShouldHaveSingleItem().Ms.ShouldBe(9);

        var early = Walk(Front(8), 0.05, _ => throw new OperationCanceledException(), _ => 9);
        Should.Throw<OperationCanceledException>(() => Run(early));
        early.Best.ShouldBeNull();
    }

    private static void Run(MixedWalk walk) => walk.Run(Bytes, _ => { });

    private static double Predicted(int point) => point + 1;

    /// <summary>All layers on bytes: the fastest as a rule.</summary>
    private static readonly FrontPoint Bytes = new([LayerPrecision.Int8], Predicted(0), 1);

    /// <summary>Choices that are told apart by their times, and floats.</summary>
    private static ImmutableArray<FrontPoint> Front(int count) =>
    [
        Bytes,
        .. Enumerable.Range(1, count - 1).Select(i => new FrontPoint([LayerPrecision.Int8], Predicted(i), 1.0 / (i + 1))),
        new FrontPoint([LayerPrecision.Float32], 1000, 0),
    ];

    private static int Number(FrontPoint point) => (int)point.PredictedMs - 1;

    private static MixedWalk Walk(ImmutableArray<FrontPoint> front, double budget, Func<int, double> loss, Func<int, double> ms, bool isFaster = true) => new(
        front,
        budget,
        point => new QuantisationCost(1, 0, [new OutputCost("y", loss(Number(point)))], null, null, null),
        point => new WholeTime(ms(Number(point)), 0.1, isFaster));
}
