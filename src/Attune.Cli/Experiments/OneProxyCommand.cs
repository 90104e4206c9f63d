using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Design;
using Attune.Cli.Output;
using Attune.Design.Data;
using Attune.Experiments.OneProxy;
using Attune.Experiments.Reports;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Experiments;

/// <summary><c>attune experiment oneproxy</c>: tables and heat maps of the papers on proxy devices and scalable predictors, from public measurements.</summary>
internal sealed class OneProxyCommand : CliCommand
{
    private readonly Option<string?> data = MeasuredData.Option();
    private readonly Option<int> seeds = new("--seeds") { Description = "Random samples per target and size.", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly Option<int> steps = new("--steps")
    {
        Description = "Steps of training per network; 0 leaves the networks out.",
        HelpName = "N",
        DefaultValueFactory = _ => 2000,
    };
    private readonly Option<int> heldOut = new("--held-out")
    {
        Description = "Devices that are left out in turn to judge the scalable predictor, one training each; 0 leaves that out.",
        HelpName = "N",
        DefaultValueFactory = _ => 18,
    };
    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "Folder for state and reports; the same command goes on in it.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "attune-oneproxy",
    };

    public OneProxyCommand()
        : base(
            "oneproxy",
            "The papers on proxy devices and scalable predictors, from public measurements: heat maps, transfer, adaptation, unseen devices, neural optimiser.",
            "attune experiment oneproxy --data devices -o oneproxy",
            "attune experiment oneproxy --data devices --seeds 2 --steps 0 --json")
    {
        foreach (Option option in new Option[] { data, seeds, steps, heldOut, output })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        var options = new OneProxyOptions
        {
            Data = MeasuredData.Path(invocation, data),
            Seeds = invocation.Value(seeds),
            NetworkSteps = invocation.Value(steps),
            HeldOut = invocation.Value(heldOut),
        };
        ImmutableArray<string> problems = options.Problems();
        if (!problems.IsEmpty)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"The experiment cannot run: {string.Join("; ", problems)}.", "attune experiment oneproxy --help");
        }

        string folder = invocation.Value(output)!;
        Directory.CreateDirectory(folder);
        invocation.Progress.Announce($"oneproxy {options.Scale}");
        using var session = new OneProxySession(folder, options, invocation.Clock, invocation.Progress.Report);
        OneProxyResults results = await Task.Run(() => Run(session, invocation.Cancellation), invocation.Cancellation);
        string command = PrintedCommand.Of(
            "experiment",
            "oneproxy",
            "--data",
            options.Data,
            "--seeds",
            $"{options.Seeds}",
            "--steps",
            $"{options.NetworkSteps}",
            "--held-out",
            $"{options.HeldOut}");
        ImmutableArray<string> conditions = [$"Data: {options.Data}", $"Date: {invocation.Clock.GetUtcNow():yyyy-MM-dd}", $"Command: {command}"];
        return new CommandResult(results, report =>
        {
            OneProxyTable goals = OneProxyReport.GoalTable(results);
            ConsoleTable.Print(report, goals.Columns, goals.Rows.Select(row => (IReadOnlyList<string>)row));
            report.Line(string.Empty);
            report.Line(results.Scale);
        })
        {
            Warnings = results.DataWarnings,
            Written = ReportFiles.Write(folder, OneProxyReport.Of(results, conditions), results),
        };
    }

    private static OneProxyResults Run(OneProxySession session, CancellationToken cancellation)
    {
        try
        {
            return session.Run(cancellation);
        }
        catch (DesignDataException wrong)
        {
            throw MeasuredData.Failed(wrong);
        }
    }
}
