using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Experiments.Date2021;
using Attune.Experiments.Devices;
using Attune.Experiments.Reports;
using Attune.Experiments.Setup;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Experiments;

/// <summary><c>attune experiment date2021</c>: BTED and BAO against AutoTVM, as the DATE 2021 paper shows it.</summary>
internal sealed class DateCommand : ExperimentCommand
{
    private readonly Option<string?> limit = new("--time-limit")
    {
        Description = "Time after which no search begins and the one under way stops. The report is of the searches that ended by then; the same command goes "
            + "on with what was measured. Default: none.",
        HelpName = "TIME",
    };

    public DateCommand()
        : base(
            "date2021",
            "The DATE 2021 paper's table and figures: latency and variance, convergence, configurations per layer, diversity of initial sets.",
            DateExperiment.Tuners,
            DateExperiment.Networks,
            "attune experiment date2021 --networks mobilenet_v1 --seeds 2 --trials 64 -o date",
            "attune experiment date2021 --device cuda:0 --networks mobilenet_v1,resnet18 --time-limit 20m -o date-gpu",
            "attune experiment date2021 --device recorded:a100.csv.gz --seeds 10 --trials 512")
    {
        Command.Options.Add(limit);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        // Networks take a while to load: what is mistyped is told before.
        _ = Limit(invocation);
        return base.RunAsync(invocation);
    }

    /// <inheritdoc/>
    protected override async Task<CommandResult> RunAsync(Invocation invocation, ExperimentOptions options, ExperimentContext site, string folder)
    {
        using var session = new ExperimentSession(folder, options, site.Device, invocation.Clock, invocation.Progress.Report)
        {
            Device = site.Name,
            SearchLimit = Limit(invocation),
        };
        ExperimentOutcome outcome = await session.RunAsync(site.Tasks, site.IsRecorded ? null : site.Network, site.Threads, invocation.Cancellation);
        if (outcome.Tasks.IsEmpty)
        {
            throw new CommandFailedException(OutOfTime(outcome, site));
        }

        DateResults results = DateExperiment.Analyse(Setting(invocation, options, site, outcome), outcome.Tasks, outcome);
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
            Failure = outcome.Unfinished > 0 ? OutOfTime(outcome, site) : null,
            Written = ReportFiles.Write(folder, DateReport.Of(results), results),
        };
    }

    private TimeSpan? Limit(Invocation invocation) =>
        invocation.Value(limit) is not { } text ? null
        : Budget.Duration(text)
            ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{text}' is no duration.", "Write --time-limit 20m.");

    private static Failure OutOfTime(ExperimentOutcome outcome, ExperimentContext site) => new(
        ExitCode.Stopped,
        ErrorCodes.Stopped,
        $"The time limit is over: all tuners have searched {outcome.Tasks.Length} of {Units.Counted(site.Tasks.Length, "task")} with all seeds.",
        "Run the same command again; it goes on where it stopped.");
}
