using System.Collections.Immutable;
using Attune.Cli.Bench;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Coverage;
using Attune.Compile.Models;
using Attune.Compile.Quantisation.Session;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>What the user learns from a tune.</summary>
internal static class TuneReport
{
    /// <summary>The result of a tune.</summary>
    /// <param name="model">What was tuned.</param>
    /// <param name="coverage">What of it runs on tuned, on compiled, and on slow kernels.</param>
    /// <param name="plan">What was done.</param>
    /// <param name="outcome">What came out.</param>
    /// <param name="quantisation">How the network was quantised before; null where it was not.</param>
    public static CommandResult Of(
        LoadedModel model, KernelCoverage coverage, TunePlan plan, TuneOutcome outcome, QuantiseOutcome? quantisation = null)
    {
        TuneOptions options = plan.Options;
        string output = options.Output!;
        TuningReport report = outcome.Report;
        var configurations = outcome.Model.Configurations.ToDictionary(configuration => configuration.Task);
        TaskReport[] chosen = [.. report.Tasks.Where(task => configurations.ContainsKey(task.Task.Key))];
        double total = chosen.Sum(task => TotalMs(task, outcome));
        var tasks = chosen.Select(task => new
        {
            task.Task.Name,
            task.Task.Key,
            Layers = (int)task.Task.Weight,
            task.Trials,
            task.DefaultMs,
            task.BestMs,
            InModel = outcome.Gains.GetValueOrDefault(task.Task.Key),
            Share = total > 0 ? TotalMs(task, outcome) / total : 0,
            task.Outcomes,
            task.End,
            task.IsConfirmed,
            configurations[task.Task.Key].Knobs,
        }).OrderByDescending(task => task.Share).ToArray();
        var data = new
        {
            Model = model.Source,
            ModelLatencyMs = new { Before = outcome.BeforeMs, After = outcome.AfterMs, Measured = outcome.Latency is not null },
            Gain = outcome.KeptDefaults ? null : outcome.Latency?.Gain,
            Comparison = outcome.Latency?.Gain is { } ratio ? new { ratio.Verdict, Ratio = ratio, Written = outcome.KeptDefaults ? "default" : "tuned" } : null,
            report.Trials,
            report.Replayed,
            Seconds = report.Elapsed.TotalSeconds,
            BudgetSeconds = options.Budget?.TotalSeconds,
            outcome.Phases,
            report.SearchShare,
            report.CompileShare,
            report.End,
            options.Threads,
            options.WithoutFusions,
            FusedPairs = tasks.Count(task => task.Key.Contains(PairWorkload.Separator)),
            Searcher = options.Tuner,
            options.Seed,
            outcome.Model.Device,
            options.Records,
            Output = output,
            Weights = new { plan.Narrowed.Format, plan.Narrowed.Layers, plan.Narrowed.Kept, plan.Narrowed.BytesBefore, plan.Narrowed.BytesAfter },
            Precision = quantisation is null ? null : PrecisionText.Data(outcome.Model.Precision!, quantisation),
            Compute = plan.Computed is { } computed
                ? new { Format = plan.Options.Compute, computed.Layers, computed.Kept, Cost = outcome.Compute }
                : null,
            Tasks = tasks,
        };
        return new CommandResult(data, console =>
        {
            ReportTable.Print(
                console,
                ["task", "?>layers", ">share", "?>trials", "?ok/cut/failed", "?>default", ">best", ">gain"],
                tasks.Select(task => (string[])
                [
                    task.Name,
                    $"{task.Layers}",
                    Units.Percent(task.Share),
                    $"{task.Trials}",
                    Outcomes(task.Outcomes),
                    .. TaskTimes.Of(task.DefaultMs, task.BestMs, task.InModel, outcome.Latency is not null),
                ]));
            if (tasks.Any(task => task.InModel is { PaysElsewhere: true }))
            {
                console.Line(TaskTimes.Footnote);
            }

            console.Line(string.Empty);
            console.Line($"Model   {LatencyText.Line(outcome)}; {DeviceText.Of(options.Device, options.Threads)}");
            if (quantisation is not null)
            {
                PrecisionText.Print(console, quantisation);
            }

            if (!plan.Narrowed.Layers.IsEmpty)
            {
                console.Line($"Weights {NarrowModel.Describe(plan.Narrowed)}");
            }

            if (plan.Computed is { } multiplied)
            {
                console.Line($"Compute {ComputeText.Describe(multiplied, outcome.Compute)}");
            }

            console.Line($"Effort  {Units.Counted(report.Trials, "trial")} ({report.Replayed} of them from the records) in {Units.Duration(report.Elapsed)} "
                + $"({FinishText.Of(outcome.Phases)}); the tuner's own computing {Units.Percent(report.SearchShare)}");
        })
        {
            Warnings = [.. Warnings(model, coverage, plan, outcome), .. quantisation is null ? [] : PrecisionText.Warnings(quantisation)],
            Written = [output, options.Records],
            Next = Next(model, plan),
            Failure = outcome.IsInterrupted
                ? new Failure(ExitCode.Stopped, ErrorCodes.Stopped, $"Interrupted after {Units.Counted(report.Trials, "trial")}. {output} holds "
                    + $"{(outcome.KeptDefaults ? "the default configurations" : "the best found so far")}.", "Run the same command again to go on from here.")
                : null,
        };
    }

    private static string Next(LoadedModel model, TunePlan plan)
    {
        string output = plan.Options.Output!;
        if (!plan.Narrowed.Layers.IsEmpty)
        {
            return PrintedCommand.Of("verify", output, "--model", model.Source);
        }

        if (plan.Options.Device.Kind != TargetKind.Cpu)
        {
            return PrintedCommand.Of("bench", output, "--device", plan.Options.Device.Name.ToString());
        }

        IEnumerable<string> against = PeerOffer.IsOffered ? ["--against", "onnxruntime"] : [];
        // A file that the tuned model cannot point to must be named.
        bool lost = PeerOffer.IsOffered && SourceFile.Find(SourceFile.Remembered(model.Source, output), output) != model.Source;
        IEnumerable<string> original = lost ? ["--model", model.Source] : [];
        return PrintedCommand.Of(["bench", output, .. against, .. original, "--threads", $"{plan.Options.Threads}"]);
    }

    private static ImmutableArray<string> Warnings(LoadedModel model, KernelCoverage coverage, TunePlan plan, TuneOutcome outcome)
    {
        ImmutableArray<string>.Builder warnings = model.Warnings.AddRange(NarrowModel.Warnings(plan.Narrowed))
            .AddRange(ComputeText.Warnings(plan, outcome.Compute)).ToBuilder();
        if (outcome.Report.Tasks.IsEmpty)
        {
            warnings.Add(
                $"No layer of this model has kernels to choose from, so nothing was searched; it runs as it would untuned: {CoverageText.Summary(coverage)}.");
        }

        if (CoverageText.Warning(coverage) is { } slow)
        {
            warnings.Add(slow);
        }

        string[] untimed = [.. outcome.Report.Tasks.Where(task => task.BestMs is null && !task.Task.IsAlternative).Select(task => task.Task.Name)];
        if (untimed.Length > 0)
        {
            warnings.Add($"{untimed.Length} of {outcome.Report.Tasks.Length} tasks were not timed and run their default configuration "
                + $"({string.Join(", ", untimed.Take(3))}{(untimed.Length > 3 ? ", ..." : string.Empty)}). Use a larger --budget.");
        }

        foreach (TaskReport task in outcome.Report.Tasks.Where(task => task.End == TaskEnd.Failing))
        {
            warnings.Add($"{task.Task.Name}: given up after too many failures in a row; the last one: {task.LastFailure}");
        }

        if (LatencyText.Warning(outcome, plan.Options.Records) is { } kept)
        {
            warnings.Add(kept);
        }

        if (FinishText.Overrun(plan.Options.Budget, outcome.Report.Elapsed, outcome.Phases) is { } exceeded)
        {
            warnings.Add(exceeded);
        }

        return warnings.ToImmutable();
    }

    // Inside the model where that was timed, else alone.
    private static double TotalMs(TaskReport task, TuneOutcome outcome) =>
        outcome.Latency is null ? task.Task.Weight * (task.BestMs ?? 0)
        : outcome.Gains.GetValueOrDefault(task.Task.Key) is { } gain ? gain.Layers * gain.TunedMs
        : 0;

    private static string Outcomes(IReadOnlyDictionary<Outcome, int> outcomes)
    {
        int ok = outcomes.GetValueOrDefault(Outcome.Ok);
        int cut = outcomes.GetValueOrDefault(Outcome.CutShort);
        return $"{ok}/{cut}/{outcomes.Values.Sum() - ok - cut}";
    }
}
