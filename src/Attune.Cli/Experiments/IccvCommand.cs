using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Experiments.Devices;
using Attune.Experiments.Iccv2021;
using Attune.Experiments.Reports;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Experiments.Transfer;
using Attune.Tuning.Search;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Experiments;

/// <summary><c>attune experiment iccv2021</c>: search time, latency and hypervolume, as the ICCV 2021 poster shows it.</summary>
internal sealed class IccvCommand() : ExperimentCommand(
    "iccv2021",
    "The ICCV 2021 poster's table: search time, latency and hypervolume of transfer against AutoTVM and CHAMELEON; tuning sets compared.",
    IccvExperiment.Tuners,
    IccvExperiment.Networks,
    "attune experiment iccv2021 --networks alexnet,resnet18 --seeds 2 --trials 64 -o iccv",
    "attune experiment iccv2021 --device recorded:a100.csv.gz recorded:a4000.csv.gz --seeds 5 --trials 256")
{
    // The poster's tuning set has as many points as AutoTVM's first plan.
    private const int TuningSetSize = 64;
    private const int TuningSetTasks = 2;

    /// <inheritdoc/>
    protected override async Task<CommandResult> RunAsync(Invocation invocation, ExperimentOptions options, ExperimentContext site, string folder)
    {
        bool learns = options.Arms.Any(arm => LeaveOneOut.Tuners.Contains(arm.Tuner)) && site.Groups.Length > 1;
        LeaveOneOut? transfer = learns ? new LeaveOneOut(site.Tasks, site.Device as RecordedTasks, site.Device.Description) : null;
        using var session = new ExperimentSession(folder, options, site.Device, invocation.Clock, invocation.Progress.Report)
        {
            Transfer = transfer,
            Device = site.Name,
        };
        ExperimentOutcome outcome = await session.RunAsync(site.Tasks, site.IsRecorded ? null : site.Network, site.Threads, invocation.Cancellation);
        ImmutableArray<TuningSetRow> sets = transfer is null ? [] : await TuningSetsAsync(invocation, options, site, transfer, outcome);
        IccvResults results = IccvExperiment.Analyse(
            Setting(invocation, options, site, outcome),
            outcome,
            sets,
            transfer?.Description ?? "No tuner was shown history: that needs a tuner that learns from it and more than one network or device.");
        return new CommandResult(results, report =>
        {
            ConsoleTable.Print(
                report,
                [site.IsRecorded ? "device" : "network", "tuner", ">configurations", ">search", ">reduction", ">latency", ">reduction", ">hypervolume"],
                results.Table.Select(row => new[]
                {
                    row.Group,
                    row.Arm,
                    $"{row.Configurations:0.0}",
                    Units.Duration(TimeSpan.FromSeconds(row.SearchSeconds.Mean)),
                    row.SearchReduction is { } saved ? Units.Percent(saved) : "-",
                    row.LatencyMs is { } latency ? Units.Milliseconds(latency.Mean) : "-",
                    row.LatencyReduction is { } gained ? Units.Percent(gained) : "-",
                    row.Volume is { } volume ? $"{volume:0.00}" : "-",
                }));
            report.Line(string.Empty);
            report.Line(results.Setting.Scale);
        })
        {
            Warnings = Warnings(outcome),
            Written = ReportFiles.Write(folder, IccvReport.Of(results), results),
        };
    }

    private static async Task<ImmutableArray<TuningSetRow>> TuningSetsAsync(
        Invocation invocation, ExperimentOptions options, ExperimentContext site, LeaveOneOut transfer, ExperimentOutcome outcome)
    {
        var compared = new TuningSets(site.Device, Math.Min(TuningSetSize, options.Trials), options.Seeds);
        var rows = ImmutableArray.CreateBuilder<TuningSetRow>();
        foreach (ExperimentTask task in site.Tasks.GroupBy(task => task.Group).SelectMany(group => group.Take(TuningSetTasks)))
        {
            invocation.Progress.Report($"sets    {task.Group}, {task.Tuning.Name}");
            double best = task.OptimumMs ?? outcome.Traces.Where(
                trace => trace.Group == task.Group && trace.Task == task.Tuning.Key).Min(trace => trace.Best?.TimeMs ?? double.PositiveInfinity);
            var arms = new[] { "random", "bted" }.Concat(LeaveOneOut.Tuners).Select(tuner => new SearchArm(tuner, tuner, 1));
            rows.AddRange(await compared.CompareAsync(
                task,
                [.. arms.Select(arm => (arm.Name, arm.Tuner, (Func<int, SearcherOptions>)(seed => transfer.Serves(arm)
                    ? transfer.Prepare(task, arm, arm.SearcherOptions(seed, options.Trials), outcome.Traces)
                    : arm.SearcherOptions(seed, options.Trials))))],
                best,
                invocation.Cancellation));
        }

        return rows.ToImmutable();
    }

    // The poster's method stops much earlier than AutoTVM's 400 configurations without improvement: 100 to 150.
    protected override int PatienceOf(string tuner, int usual) => tuner == "dgp" ? Math.Max(8, usual * 128 / ExperimentOptions.PaperPatience) : usual;
}
