using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Experiments;
using Attune.Experiments.Iccv2021;
using Attune.Experiments.Reports;
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
    /// <inheritdoc/>
    protected override async Task<CommandResult> RunAsync(Invocation invocation, ExperimentOptions options, ExperimentSite site, string folder)
    {
        using var session = new ExperimentSession(folder, options, site.Device, invocation.Clock, invocation.Progress.Report);
        ExperimentOutcome outcome = await session.RunAsync(site.Tasks, site.IsRecorded ? null : site.Network, site.Threads, invocation.Cancellation);
        IccvResults results = IccvExperiment.Analyse(Setting(invocation, options, site), outcome, [], "No tuner was shown history.");
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

    // The poster's method stops much earlier than AutoTVM's 400 configurations without improvement: 100 to 150.
    protected override int PatienceOf(string tuner, int usual) => tuner == "dgp" ? Math.Max(8, usual * 128 / ExperimentOptions.PaperPatience) : usual;
}
