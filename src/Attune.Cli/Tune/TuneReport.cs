using System.Collections.Immutable;
using Attune.Cli.Bench;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>What the user learns from a tune.</summary>
internal static class TuneReport
{
    /// <summary>The result of a tune.</summary>
    public static CommandResult Of(TunePlan plan, TuneOutcome outcome)
    {
        TuningReport report = outcome.Report;
        var configurations = outcome.Configurations.ToDictionary(configuration => configuration.Task);
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
            Model = plan.Model.Source,
            ModelLatencyMs = new { Before = outcome.BeforeMs, After = outcome.AfterMs, Measured = outcome.Latency is not null },
            Gain = outcome.KeptDefaults ? null : outcome.Latency?.Gain,
            Comparison = outcome.Latency?.Gain is { } ratio ? new { ratio.Verdict, Ratio = ratio, Written = outcome.KeptDefaults ? "default" : "tuned" } : null,
            report.Trials,
            report.Replayed,
            Seconds = report.Elapsed.TotalSeconds,
            BudgetSeconds = plan.Budget.Time?.TotalSeconds,
            outcome.Phases,
            report.SearchShare,
            report.CompileShare,
            report.End,
            plan.Threads,
            plan.WithoutFusions,
            FusedPairs = tasks.Count(task => task.Key.Contains(PairWorkload.Separator)),
            plan.Searcher,
            plan.Seed,
            outcome.Device,
            Records = plan.Records,
            Output = plan.Output,
            Weights = new { plan.Narrowed.Format, plan.Narrowed.Layers, plan.Narrowed.Kept, plan.Narrowed.BytesBefore, plan.Narrowed.BytesAfter },
            Tasks = tasks,
        };
        bool stopped = report.End == RunEnd.Cancelled;
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
            console.Line($"Model   {LatencyText.Line(outcome)}; {plan.Threads} thread{(plan.Threads == 1 ? string.Empty : "s")}");
            if (!plan.Narrowed.Layers.IsEmpty)
            {
                console.Line($"Weights {NarrowModel.Describe(plan.Narrowed)}");
            }

            console.Line($"Effort  {Units.Counted(report.Trials, "trial")} ({report.Replayed} of them from the records) in {Units.Duration(report.Elapsed)} ({FinishText.Of(outcome.Phases)}); the tuner's own computing {Units.Percent(report.SearchShare)}");
        })
        {
            Warnings = Warnings(plan, outcome),
            Written = [plan.Output, plan.Records],
            Next = Next(plan),
            Failure = stopped
                ? new Failure(ExitCode.Stopped, ErrorCodes.Stopped, $"Interrupted after {Units.Counted(report.Trials, "trial")}. {plan.Output} holds {(outcome.KeptDefaults ? "the default configurations" : "the best found so far")}.", "Run the same command again to go on from here.")
                : null,
        };
    }

    private static string Next(TunePlan plan)
    {
        if (!plan.Narrowed.Layers.IsEmpty)
        {
            return PrintedCommand.Of("verify", plan.Output, "--model", plan.Model.Source);
        }

        IEnumerable<string> against = OnnxRuntimePeer.IsOffered ? ["--against", "onnxruntime"] : [];
        // A file that the tuned model cannot point to must be named.
        bool lost = OnnxRuntimePeer.IsOffered && SourceFile.Find(SourceFile.Remembered(plan.Model.Source, plan.Output), plan.Output) != plan.Model.Source;
        IEnumerable<string> original = lost ? ["--model", plan.Model.Source] : [];
        return PrintedCommand.Of(["bench", plan.Output, .. against, .. original, "--threads", $"{plan.Threads}"]);
    }

    private static ImmutableArray<string> Warnings(TunePlan plan, TuneOutcome outcome)
    {
        ImmutableArray<string>.Builder warnings = plan.Model.Warnings.AddRange(NarrowModel.Warnings(plan.Narrowed)).ToBuilder();
        if (outcome.Report.Tasks.IsEmpty)
        {
            warnings.Add($"No layer of this model has kernels to choose from, so nothing was searched; it runs as it would untuned: {plan.Coverage.Summary}.");
        }

        if (plan.Coverage.Warning is { } slow)
        {
            warnings.Add(slow);
        }

        string[] untimed = [.. outcome.Report.Tasks.Where(task => task.BestMs is null && !task.Task.IsAlternative).Select(task => task.Task.Name)];
        if (untimed.Length > 0)
        {
            warnings.Add($"{untimed.Length} of {outcome.Report.Tasks.Length} tasks were not timed and run their default configuration ({string.Join(", ", untimed.Take(3))}{(untimed.Length > 3 ? ", ..." : string.Empty)}). Use a larger --budget.");
        }

        foreach (TaskReport task in outcome.Report.Tasks.Where(task => task.End == TaskEnd.Failing))
        {
            warnings.Add($"{task.Task.Name}: given up after too many failures in a row; the last one: {task.LastFailure}");
        }

        if (LatencyText.Warning(outcome, plan.Records) is { } kept)
        {
            warnings.Add(kept);
        }

        if (FinishText.Overrun(plan.Budget.Time, outcome.Report.Elapsed, outcome.Phases) is { } exceeded)
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
