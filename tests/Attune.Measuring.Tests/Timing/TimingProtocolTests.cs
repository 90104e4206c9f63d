using Attune.Measuring.Timing;

namespace Attune.Measuring.Tests.Timing;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class TimingProtocolTests
{
    private int runs;

    [Fact]
    public void A_steady_kernel_needs_only_the_fewest_repeats()
    {
        KernelTiming timing = Measure(new MeasureOptions(), null, _ => 1);

        timing.CutShort.ShouldBeFalse();
        timing.TimesMs.ShouldBe([1, 1, 1]);
        timing.MedianMs.ShouldBe(1);
    }

    [Fact]
    public void A_repeat_is_as_long_as_asked()
    {
        Measure(new MeasureOptions { MinRepeatMs = 3, MinRepeats = 5 }, null, _ => 0.25);

        // Two warm-up runs that agree, then five repeats of 3 / 0.25 runs.
        runs.ShouldBe(2 + (5 * 12));
    }

    [Fact]
    public void A_fixed_number_of_runs_is_kept()
    {
        Measure(new MeasureOptions { Number = 7, MinRepeats = 4 }, null, _ => 0.001);
        runs.ShouldBe(2 + (4 * 7));
    }

    [Fact]
    public void A_repeat_that_came_out_too_short_is_enlarged_and_not_counted()
    {
        // The warm-up runs are ten times as slow as those that follow, so the first choice of the number is ten times too small.
        KernelTiming timing = Measure(new MeasureOptions { MinRepeatMs = 4 }, null, run => run < 3 ? 1 : 0.1);

        timing.TimesMs.Length.ShouldBe(3);
        timing.TimesMs.ShouldAllBe(time => Math.Abs(time - 0.1) < 1e-9);

        // Two warm-up runs, a repeat of 4, one of 13, and three that fill 4 ms with 40 (41 where the quotient rounds up).
        runs.ShouldBeInRange(2 + 4 + 13 + (3 * 40), 2 + 4 + 13 + (3 * 41));
    }

    [Fact]
    public void One_cold_run_alone_cuts_nothing_short()
    {
        KernelTiming timing = Measure(new MeasureOptions(), 1, run => run == 0 ? 10 : 1);
        timing.CutShort.ShouldBeFalse();
        timing.MedianMs.ShouldBe(1);
    }

    [Theory]
    [InlineData(13, 1)]
    [InlineData(4, 2)]
    public void A_kernel_several_times_slower_than_the_best_is_cut_at_once(double ms, int expectedRuns)
    {
        KernelTiming timing = Measure(new MeasureOptions(), 1, _ => ms);

        timing.CutShort.ShouldBeTrue();
        timing.TimesMs.ShouldBe([ms]);
        runs.ShouldBe(expectedRuns);
    }

    [Fact]
    public void A_kernel_that_cannot_become_best_any_more_is_cut_after_three_repeats()
    {
        double[] noise = [1.50, 1.56, 1.44];
        KernelTiming timing = Measure(new MeasureOptions { Number = 1, MaxRepeats = 100, Precision = 1e-6, BudgetMs = 1000 }, 1, run => noise[run % 3]);

        timing.CutShort.ShouldBeTrue();
        timing.TimesMs.Length.ShouldBe(3);
        timing.MedianMs.ShouldBe(1.5, 1e-9);
    }

    [Fact]
    public void A_noisy_kernel_near_the_best_is_repeated_up_to_the_limit()
    {
        KernelTiming timing = Measure(new MeasureOptions { Number = 1, MaxRepeats = 9, BudgetMs = 1000 }, 1, run => 0.8 + (0.2 * (run % 3)));

        timing.CutShort.ShouldBeFalse();
        timing.TimesMs.Length.ShouldBe(9);
    }

    [Fact]
    public void The_budget_ends_repeating_once_the_fewest_are_done()
    {
        KernelTiming timing = Measure(new MeasureOptions { MinRepeats = 3, MaxRepeats = 100, BudgetMs = 25, Precision = 1e-6 }, null, run => 10 + (run % 2));
        timing.TimesMs.Length.ShouldBe(3);
    }

    [Fact]
    public void A_kernel_too_fast_for_the_clock_ends()
    {
        KernelTiming timing = Measure(new MeasureOptions { MinRepeatMs = 0.5 }, null, _ => 0.0001);
        timing.MedianMs.ShouldBe(0.0001, 1e-9);
    }

    private KernelTiming Measure(MeasureOptions options, double? best, Func<int, double> cost) =>
        new TimingProtocol(options.Validate()).Measure(times => Enumerable.Range(0, times).Sum(_ => cost(runs++)), best);
}
