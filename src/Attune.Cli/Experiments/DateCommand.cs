using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Experiments.Date2021;
using Attune.Experiments.Devices;
using Attune.Experiments.Reports;
using Attune.Experiments.Setup;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Experiments;

/// <summary><c>attune experiment date2021</c>: BTED and BAO against AutoTVM, as the DATE 2021 paper shows it.</summary>
internal sealed class DateCommand() : ExperimentCommand(
    "date2021",
    "The DATE 2021 paper's table and figures: latency and variance, convergence, configurations per layer, diversity of initial sets.",
    DateExperiment.Tuners,
    DateExperiment.Networks,
    "attune experiment date2021 --networks mobilenet_v1 --seeds 2 --trials 64 -o date",
    "attune experiment date2021 --device recorded:a100.csv.gz --seeds 10 --trials 512")
{
    /// <inheritdoc/>
    protected override async Task<CommandResult> RunAsync(Invocation invocation, ExperimentOptions options, ExperimentContext site, string folder)
    {
        using var session = new ExperimentSession(folder, options, site.Device, invocation.Clock, invocation.Progress.Report);
        ExperimentOutcome outcome = await session.RunAsync(site.Tasks, site.IsRecorded ? null : site.Network, site.Threads, invocation.Cancellation);
        DateResults results = DateExperiment.Analyse(Setting(invocation, options, site), site.Tasks, outcome);
        return new CommandResult(results, report =>
        {
            ConsoleTable.Print(
                report,
                [site.IsRecorded ? "device" : "network", "tuner", ">latency", ">95 % interval", ">delta", ">variance"],
                results.Table.Select(row => new[]
                {
                    row.Group,
                    row.Arm,
                    Units.Milliseconds(row.LatencyMs.Mean),
                    row.LatencyMs.Count < 2 ? "one seed" : $"[{Units.Milliseconds(row.LatencyMs.Low)}, {Units.Milliseconds(row.LatencyMs.High)}]",
                    row.LatencyDelta is { } delta ? $"{delta * 100:+0.0;-0.0;0.0} %" : "-",
                    $"{row.Variance:G3}",
                }));
            report.Line(string.Empty);
            report.Line(results.Setting.Scale);
        })
        {
            Warnings = Warnings(outcome),
            Written = ReportFiles.Write(folder, DateReport.Of(results), results),
        };
    }
}
