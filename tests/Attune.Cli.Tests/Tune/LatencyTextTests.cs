using System.Collections.Immutable;
using Attune.Cli.Tune;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tests.Tune;

public sealed class LatencyTextTests
{
    private static readonly TunedModel Model = new()
    {
        Network = new Network("n", [], [], [], ImmutableDictionary<string, Tensor>.Empty, ImmutableDictionary<string, TensorType>.Empty),
        Configurations = [],
        Device = "device",
        DeviceDescription = "device",
        Threads = 1,
        VectorLanes = 8,
        CreatedAt = DateTimeOffset.UnixEpoch,
        ProductVersion = "0",
    };

    [Fact]
    public void A_gain_is_one_estimate_and_the_latencies_agree_with_it()
    {
        TuneOutcome outcome = Outcome([10, 10, 10, 10, 10, 10], [8, 8, 8, 8, 8, 8]);
        outcome.KeptDefaults.ShouldBeFalse();
        outcome.AfterMs.ShouldBe(8);
        LatencyText.Line(outcome).ShouldBe("10.0 ms -> 8.00 ms (1.25x [1.25, 1.25] over default configurations; 6 alternating pairs, noise 0.0 %)");
        LatencyText.Warning(outcome, "r.jsonl").ShouldBeNull();
    }

    [Fact]
    public void What_cannot_be_told_is_not_claimed_and_not_written()
    {
        // Ratios 1.2, 0.9, 1.1, 1.3, 0.8, 1.05: of their 21 geometric means two by two ten are below 1.05 and ten above.
        TuneOutcome outcome = Outcome([12, 9, 11, 13, 8, 10.5], [10, 10, 10, 10, 10, 10]);
        outcome.KeptDefaults.ShouldBeTrue();
        outcome.AfterMs.ShouldBe(outcome.BeforeMs);
        LatencyText.Line(outcome).ShouldStartWith("10.8 ms, default configurations kept: cannot tell whether the tuned model is faster (1.05x [0.80, 1.30] "
            + "over default configurations; 6 alternating pairs, noise ");
        LatencyText.Warning(outcome, "r.jsonl")!.ShouldSatisfyAllConditions(
            text => text.ShouldContain("Cannot tell whether the tuned model is faster: interval [0.80, 1.30] at this noise"),
            text => text.ShouldContain("run the same command again on a quiet machine"));
    }

    [Fact]
    public void A_slower_model_is_not_written()
    {
        TuneOutcome outcome = Outcome([10, 10, 10, 10, 10, 10], [12.5, 12.5, 12.5, 12.5, 12.5, 12.5]);
        outcome.KeptDefaults.ShouldBeTrue();
        LatencyText.Line(outcome).ShouldStartWith("10.0 ms, default configurations kept: the tuned model is slower (0.80x [0.80, 0.80]");
        LatencyText.Warning(outcome, "r.jsonl")!.ShouldContain("slower than with default configurations ([0.80, 0.80])");
    }

    [Fact]
    public void An_end_close_to_one_is_not_rounded_to_it()
    {
        TuneOutcome outcome = Outcome([10.01, 10.02, 10.03, 10.02, 10.01, 10.03], [10, 10, 10, 10, 10, 10]);
        outcome.KeptDefaults.ShouldBeFalse();
        LatencyText.Line(outcome).ShouldContain("1.00x [1.0010, 1.0030]");
    }

    [Fact]
    public void Without_a_comparison_no_gain_is_told()
    {
        LatencyText.Line(Outcome([10], [])).ShouldBe("10.0 ms, default configurations throughout");
        LatencyText.Line(Outcome(null, [])).ShouldBe("not timed");
    }

    // The decision is the one that the tuner takes.
    private static TuneOutcome Outcome(double[]? before, double[] tuned)
    {
        ModelComparison? latency = before is null
            ? null
            : new ModelComparison([.. before.Select(ms => new RunBlock(ms, []))], [.. tuned.Select(ms => new RunBlock(ms, []))]);
        TuningTask untimed = new("n", "k", new Attune.Kernels.Spaces.Space([Attune.Kernels.Spaces.Knob.Choice("k", "a")]), 0, 1, 0);
        var task = new TaskReport(untimed, 0, 0, null, null, false, TaskEnd.None, ImmutableSortedDictionary<Records.Outcome, int>.Empty, null);
        var report = new TuningReport([task], RunEnd.TimeSpent, 0, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        return new TuneOutcome(Model, report, latency, ImmutableDictionary<string, TaskGain>.Empty, [], Recorded: 0);
    }
}
