using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Data;
using Attune.Experiments.Designs;
using Attune.Experiments.Reports;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Design;

/// <summary><c>attune design report</c>: everything that measurements of many devices say, as HTML, Markdown and JSON.</summary>
internal sealed class ReportCommand : CliCommand
{
    private readonly Option<string?> data = MeasuredData.Option();
    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "Folder for report.html, report.md and report.json.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "attune-designs",
    };

    public ReportCommand()
        : base(
            "report",
            "Report on measured devices: heat map of rank correlation, what to do with the best proxy of each, unit predictors, fronts.",
            "attune design report --data measurements -o report")
    {
        Command.Options.Add(data);
        Command.Options.Add(output);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        DesignFolder folder = MeasuredData.Read(MeasuredData.Path(invocation, data));
        var summary = FleetSummary.Of(folder);
        string target = invocation.Value(output)!;
        string[] conditions = [$"Data: {folder.Path}", $"Date: {invocation.Clock.GetUtcNow():yyyy-MM-dd}", "Command: "
            + $"{PrintedCommand.Of("design", "report", "--data", folder.Path)}"];
        return Task.FromResult(new CommandResult(summary, report => ConsoleTable.Print(
            report,
            ["target", "best proxy", ">rank correlation", "action", ">unit predictor", ">front"],
            summary.Targets.Select(row => new[]
            {
                row.Target,
                row.Proxy,
                row.RankCorrelation is { } rank ? $"{rank:0.000}" : "-",
                row.Action,
                row.UnitRankCorrelation is { } units ? $"{units:0.000}" : "-",
                row.FrontSize is { } size ? $"{size}" : "-",
            })))
        {
            Warnings = folder.Warnings,
            Written = ReportFiles.Write(target, FleetReport.Of(folder, summary, [.. conditions]), summary),
        });
    }
}
