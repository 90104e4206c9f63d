using Attune.Kernels.Spaces;
using Attune.Tuning.Run;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Run;

public sealed class GradientSchedulerTests
{
    [Fact]
    public void Expected_gain_follows_the_published_formula()
    {
        // Best after rounds: 10, 8, 6, 5. Recent gain (10 - 5) / 3; forecast 5 / 4; weight 3.
        TaskState state = Make("a", weight: 3, flops: 0, family: string.Empty, 10, 8, 6, 5);
        GradientScheduler.ExpectedGain(state, [state]).ShouldBe(3 * ((0.2 * (5.0 / 3)) + (0.8 * 1.25)), 1e-12);
    }

    [Fact]
    public void A_relative_that_is_much_faster_raises_the_expectation()
    {
        TaskState slow = Make("slow", 1, flops: 100, "conv", 10, 10, 10, 10);
        TaskState fast = Make("fast", 1, flops: 100, "conv", 2);
        TaskState stranger = Make("stranger", 1, flops: 100, "pool", 0.1);

        // Twice the relative's rate of 50 FLOP/ms leaves 10 - 2 * 100 / 50 = 6 to gain, more than 10 / 4.
        GradientScheduler.ExpectedGain(slow, [slow, fast, stranger]).ShouldBe(0.8 * 6, 1e-12);
    }

    [Fact]
    public void Tasks_without_a_time_come_first_and_ended_ones_never()
    {
        TaskState timed = Make("timed", 100, 0, string.Empty, 10);
        TaskState untimed = new(
            Task("untimed", 1, 0, string.Empty),
            new Attune.Tuning.Search.SearchLoop(SearcherCatalog.Create("random", timed.Task.Space), TimeProvider.System),
            Options);
        GradientScheduler.Next([timed, untimed]).ShouldBe(untimed);
        untimed.EndRound(exhausted: true).ShouldBeTrue();
        GradientScheduler.Next([timed, untimed]).ShouldBe(timed);
        timed.EndRound(exhausted: true).ShouldBeTrue();
        GradientScheduler.Next([timed, untimed]).ShouldBeNull();
    }

    private static readonly TuningOptions Options = new() { Trials = 1000 };

    private static TuningTask Task(string key, double weight, double flops, string family) =>
        new(key, key, new Space([Knob.Scale("a", [.. Enumerable.Range(1, 50)])]), 0, weight, flops) { Family = family };

    private static TaskState Make(string key, double weight, double flops, string family, params double[] bests)
    {
        TuningTask task = Task(key, weight, flops, family);
        var state = new TaskState(task, new Attune.Tuning.Search.SearchLoop(SearcherCatalog.Create("random", task.Space), TimeProvider.System), Options);
        for (int i = 0; i < bests.Length; i++)
        {
            state.Add(i, FakeMeasurer.Timed(bests[i]));
            state.EndRound(exhausted: false);
        }

        return state;
    }
}
