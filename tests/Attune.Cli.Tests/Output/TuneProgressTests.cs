using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tests.Output;

public sealed class TuneProgressTests
{
    private readonly InstantClock clock = new();
    private readonly StringWriter error = new();

    [Theory]
    [InlineData(60, "mobilenet_v1 5.21 ms (was 7.80) · 1:12 left · 312 trials ·…")]
    [InlineData(80, "mobilenet_v1 5.21 ms (was 7.80) · 1:12 left · 312 trials · task 2/29 conv 3x3 …")]
    [InlineData(100, "mobilenet_v1 5.21 ms (was 7.80) · 1:12 left · 312 trials · task 2/29 conv 3x3 32->64 112x112: 14 t…")]
    [InlineData(120, "mobilenet_v1 5.21 ms (was 7.80) · 1:12 left · 312 trials · task 2/29 conv 3x3 32->64 112x112: 14 trials, best 0.301 ms")]
    public void Latency_and_time_left_come_first_at_any_width(int width, string expected)
    {
        TuneProgress progress = Make(width, interactive: true, "mobilenet_v1");
        Show(progress);
        Last().ShouldBe(expected);
        expected.Length.ShouldBeLessThan(width);
    }

    [Fact]
    public void Without_a_terminal_whole_lines_begin_the_same_way()
    {
        TuneProgress progress = Make(width: 1000, interactive: false, "mobilenet_v1");
        Show(progress);
        error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "mobilenet_v1 no estimate yet (1 of 29 tasks timed) · 1:12 left · 1 trial · task 1/29 conv 1x1: 1 trial, best 2.00 ms",
            "mobilenet_v1 7.80 ms (was 7.80) · 1:12 left · 29 trials · task 2/29 conv 3x3 32->64 112x112: 1 trial, best 0.400 ms",
            "mobilenet_v1 5.21 ms (was 7.80) · 1:12 left · 312 trials · task 2/29 conv 3x3 32->64 112x112: 14 trials, best 0.301 ms",
        ]);
    }

    [Fact]
    public void A_long_name_does_not_push_the_latency_out()
    {
        TuneProgress progress = Make(60, interactive: true, "en_PP-OCRv4_mobile_recognition_simplified");
        Show(progress);
        Last().ShouldBe("en_PP-OC…implified 5.21 ms (was 7.80) · 1:12 left · 312 tr…");
    }

    [Fact]
    public void Hours_are_shown_and_without_a_budget_of_time_there_is_none_left()
    {
        TuneProgress progress = Make(120, interactive: true, "m", TimeSpan.FromSeconds(7384.2));
        Show(progress);
        Last().ShouldStartWith("m 5.21 ms (was 7.80) · 2:03:05 left · 312 trials");
        TuneProgress endless = Make(120, interactive: true, "m", null);
        Show(endless);
        Last().ShouldStartWith("m 5.21 ms (was 7.80) · 312 trials");
    }

    [Fact]
    public void The_comparison_shows_the_measured_latencies_and_the_interval_so_far()
    {
        TuneProgress progress = Make(120, interactive: true, "m");
        Show(progress);
        clock.Advance(TimeSpan.FromSeconds(11));
        progress.Report(new ComparisonAdvanced(new ModelComparison([new RunBlock(6, []), new RunBlock(12, [])], [new RunBlock(4, []), new RunBlock(8, [])])));
        Last().ShouldBe("m 6.00 ms (was 9.00) · 1:12 left · compared in 2 pairs, 1.50x [1.50, 1.50]");
    }

    [Fact]
    public void What_begins_is_announced_in_plain_lines()
    {
        TuneProgress progress = Make(width: 1000, interactive: false, "m");
        var task = new TuningTask("conv 1x1", "first", new Space([Knob.Choice("k", "a")]), 0, 1, 0);
        progress.Report(new ChoosingStarted(TimeSpan.FromSeconds(12)));
        progress.Report(new ChoosingStarted(null));
        progress.Report(new ConfigurationDisqualified(task, 0, "output 3 is wrong"));
        progress.Report(new VerifyingStarted());
        progress.Report(new ConfigurationReplaced(task, "With it the whole model differs from the reference."));
        progress.Report(new ComparingStarted(IsAlone: true, IsCancelled: false));
        progress.Report(new ComparingStarted(IsAlone: false, IsCancelled: false));
        progress.Report(new ComparingStarted(IsAlone: false, IsCancelled: true));
        progress.Report(new PreparationCancelled());
        progress.Report(new ReferenceSlow(TimeSpan.FromSeconds(25)));
        error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "tune    choosing inside the model, 12s at most ...",
            "tune    choosing inside the model ...",
            "tune    a configuration of conv 1x1 is out for good: output 3 is wrong",
            "tune    comparing the whole model with the reference kernels ...",
            "tune    a configuration of conv 1x1 is out for good, the default takes its place: With it the whole model differs from the reference.",
            "tune    timing the model ...",
            "tune    comparing the tuned model with default configurations ...",
            "tune    interrupted: comparing what was found with default configurations for a moment, then writing (Ctrl-C again ends at once) ...",
            "tune    interrupted: comparing what is known with the reference kernels, then writing (Ctrl-C again ends at once) ...",
            "tune    the reference kernels took 25s for one input, so the model is compared on that one only",
        ]);
    }

    private void Show(TuneProgress progress)
    {
        var space = new Space([Knob.Choice("k", "a")]);
        var first = new TuningTask("conv 1x1", "first", space, 0, 1, 0);
        var second = new TuningTask("conv 3x3 32->64 112x112", "second", space, 0, 1, 0);
        progress.Report(Measured(first, 1, 1, 2, null));
        clock.Advance(TimeSpan.FromSeconds(11));
        progress.Report(Measured(second, 1, 29, 0.4, 7.8));
        clock.Advance(TimeSpan.FromSeconds(11));
        progress.Report(Measured(second, 14, 312, 0.301, 5.21));
    }

    private static TrialMeasured Measured(TuningTask task, int taskTrials, int trials, double best, double? model)
    {
        var result = new MeasureResult(Outcome.Ok, [best], best, 1, 0, null);
        var trial = new Trial(task.Key, 0, task.Space[0].ToLabels(), 1, result, "auto", 1, DateTimeOffset.UnixEpoch);
        return new TrialMeasured(task, trial, taskTrials, trials, best, model, null);
    }

    private TuneProgress Make(int width, bool interactive, string name) => Make(width, interactive, name, TimeSpan.FromSeconds(71.2));

    private TuneProgress Make(int width, bool interactive, string name, TimeSpan? left) =>
        new(new ProgressLine(new Terminal(TextWriter.Null, error, interactive, colour: false, width), clock), name, 29, () => left);

    private string Last() => error.ToString().Split("\u001b[K")[^1];
}
