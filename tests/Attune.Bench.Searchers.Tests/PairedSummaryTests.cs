using Attune.Kernels.Spaces;
using Attune.Tuning.Run;

namespace Attune.Bench.Searchers.Tests;

public sealed class PairedSummaryTests
{
    [Fact]
    public void Twice_as_fast_everywhere_is_a_ratio_of_two_without_doubt()
    {
        var summary = PairedSummary.Of("new", "old", [Race([2, 6], [1, 3]), Race([8, 10], [4, 5])]);

        summary.GeometricMean.ShouldBe(2, 1e-12);
        summary.Low.ShouldBe(2, 1e-12);
        summary.High.ShouldBe(2, 1e-12);
        (summary.Wins, summary.Ties, summary.Pairs).ShouldBe((4, 0, 4));
    }

    [Fact]
    public void Gains_and_losses_of_equal_size_cancel_and_the_interval_tells_the_doubt()
    {
        var summary = PairedSummary.Of("new", "old", [Race([4, 1, 3], [1, 4, 3])]);

        summary.GeometricMean.ShouldBe(1, 1e-12);
        summary.Low.ShouldBeLessThan(0.7);
        summary.High.ShouldBeGreaterThan(1.4);
        (summary.Wins, summary.Ties, summary.Pairs).ShouldBe((1, 1, 3));
    }

    [Fact]
    public void Seeds_are_drawn_within_their_task_so_a_constant_difference_between_tasks_is_no_doubt()
    {
        var summary = PairedSummary.Of("new", "old", [Race([4, 4], [1, 1]), Race([1, 1], [1, 1])]);

        summary.GeometricMean.ShouldBe(2, 1e-12);
        (summary.High - summary.Low).ShouldBe(0, 1e-12);
    }

    private static TaskRace Race(double[] old, double[] young)
    {
        var task = new TuningTask("task", "task", new Space([Knob.Scale("a", [1, 2])], _ => true), 0, 1, 0);
        return new TaskRace(
            new BenchTask("kind", "network", task, 0),
            null,
            [.. old.Select((ms, i) => new RaceRun("old", i + 1, 1, 0, ms, ms)), .. young.Select((ms, i) => new RaceRun("new", i + 1, 1, 0, ms, ms))]);
    }
}
