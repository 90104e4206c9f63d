using System.Collections.Immutable;
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
        double total = report.Tasks.Where(task => !task.Task.IsAlternative).Sum(task => task.Task.Weight * (task.BestMs ?? 0));
        var configurations = outcome.Configurations.ToDictionary(configuration => configuration.Task);
        var tasks = report.Tasks.Where(task => configurations.ContainsKey(task.Task.Key)).Select(task => new
        {
            task.Task.Name,
            task.Task.Key,
            Layers = (int)task.Task.Weight,
            task.Trials,
            task.DefaultMs,
            task.BestMs,
            Share = total > 0 ? task.Task.Weight * (task.BestMs ?? 0) / total : 0,
            task.Outcomes,
            task.End,
            task.IsConfirmed,
            configurations[task.Task.Key].Knobs,
        }).OrderByDescending(task => task.Share).ToArray();
        var data = new
        {
            Model = plan.Model.Source,
            ModelLatencyMs = new { Before = outcome.BeforeMs, After = outcome.AfterMs, Measured = outcome.Latency is not null },
            Gain = outcome.KeptDefaults ? null : outcome.Latency?.Ratio,
            report.Trials,
            report.Replayed,
            Seconds = report.Elapsed.TotalSeconds,
            report.SearchShare,
            report.CompileShare,
            report.End,
            plan.Threads,
            plan.WithoutFusions,
            FusedPairs = tasks.Count(task => task.Key.Contains(FusedPair.Separator)),
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
                ["task", ">layers", ">share", ">trials", "ok/cut/failed", ">default", ">best", ">gain"],
                tasks.Select(task => new[]
                {
                    task.Name,
                    $"{task.Layers}",
                    Units.Percent(task.Share),
                    $"{task.Trials}",
                    Outcomes(task.Outcomes),
                    Time(task.DefaultMs),
                    Time(task.BestMs),
                    task.DefaultMs is { } before && task.BestMs is { } after ? Units.Factor(before / after) : "-",
                }));
            console.Line(string.Empty);
            console.Line($"Model   {Time(outcome.BeforeMs)} -> {Time(outcome.AfterMs)}{Gain(outcome)}, {plan.Threads} thread{(plan.Threads == 1 ? string.Empty : "s")}");
            if (!plan.Narrowed.Layers.IsEmpty)
            {
                console.Line($"Weights {NarrowModel.Describe(plan.Narrowed)}");
            }

            console.Line($"Effort  {report.Trials} trials ({report.Replayed} of them from the records) in {Units.Duration(report.Elapsed)}; {Units.Percent(report.SearchShare)} of it searching");
        })
        {
            Warnings = Warnings(plan, outcome),
            Written = [plan.Output, plan.Records],
            Next = plan.Narrowed.Layers.IsEmpty ? $"attune bench {plan.Output} --against onnxruntime --threads {plan.Threads}{(plan.Model.IsZoo ? string.Empty : $" --model {plan.Model.Source}")}" : $"attune verify {plan.Output} --model {plan.Model.Source}",
            Failure = stopped
                ? new Failure(ExitCode.Stopped, ErrorCodes.Stopped, $"Interrupted after {report.Trials} trials. {plan.Output} holds the best found so far.", "Run the same command again to go on from here.")
                : null,
        };
    }

    private static ImmutableArray<string> Warnings(TunePlan plan, TuneOutcome outcome)
    {
        ImmutableArray<string>.Builder warnings = plan.Model.Warnings.AddRange(NarrowModel.Warnings(plan.Narrowed)).ToBuilder();
        if (outcome.KeptDefaults)
        {
            warnings.Add("As a whole the tuned model was slower than with default configurations, so those were written. Timings were probably disturbed; tune again on a quiet machine.");
        }

        if (outcome.Report.Tasks.IsEmpty)
        {
            warnings.Add("No layer of this model has kernels to choose from, so nothing was searched; it runs as it would untuned.");
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

        return warnings.ToImmutable();
    }

    private static string Gain(TuneOutcome outcome) =>
        outcome is { KeptDefaults: false, Latency.Ratio: { } ratio } ? $" ({ratio.Median:0.00}x [{ratio.Low:0.00}, {ratio.High:0.00}] over default configurations, interleaved)" : string.Empty;

    private static string Time(double? milliseconds) => milliseconds is { } known ? Units.Milliseconds(known) : "-";

    private static string Outcomes(IReadOnlyDictionary<Outcome, int> outcomes)
    {
        int ok = outcomes.GetValueOrDefault(Outcome.Ok);
        int cut = outcomes.GetValueOrDefault(Outcome.CutShort);
        return $"{ok}/{cut}/{outcomes.Values.Sum() - ok - cut}";
    }
}
