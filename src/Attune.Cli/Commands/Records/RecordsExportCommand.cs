using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records export</c>: records as CSV or JSON.</summary>
internal sealed class RecordsExportCommand : CliCommand
{
    private readonly Argument<string[]> files = RecordFiles.Argument();
    private readonly Option<string> output = SharedOptions.Output("The file to write.");
    private readonly Option<string> format = new("--format") { Description = "csv or json.", HelpName = "FORMAT", DefaultValueFactory = _ => "csv" };

    public RecordsExportCommand()
        : base("export", "Write records as CSV or JSON for other programs.", "attune records export --format csv -o records.csv")
    {
        output.Required = true;
        format.AcceptOnlyFromAmong("csv", "json");
        Command.Arguments.Add(files);
        Command.Options.Add(output);
        Command.Options.Add(format);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        var read = RecordFiles.Read(invocation.Value(files)!);
        TuningRecord[] records = [.. read.Records];
        string target = invocation.Value(output)!;
        AtomicFile.Write(target, stream =>
        {
            if (invocation.Value(format) == "json")
            {
                RecordExport.WriteJson(stream, records);
            }
            else
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                RecordExport.WriteCsv(writer, records);
            }
        });
        return Task.FromResult(new CommandResult(new { Records = records.Length }, report => report.Line($"{Units.Counted(records.Length, "record")}"))
        {
            Warnings = read.Warnings,
            Written = [target],
        });
    }
}
