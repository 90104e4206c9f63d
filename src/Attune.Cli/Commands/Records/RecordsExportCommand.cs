using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Devices.Files;
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
        var read = RecordFiles.Of(invocation.Value(files)!);
        string target = invocation.Value(output)!;
        int count = 0;
        ImmutableArray<string> warnings = [];
        void Visit(Action<TuningRecord> write) => warnings = read.Visit(record =>
        {
            count++;
            write(record);
        });
        AtomicFile.Write(target, stream =>
        {
            if (invocation.Value(format) == "json")
            {
                RecordExport.WriteJson(stream, Visit);
            }
            else
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                RecordExport.WriteCsv(writer, Visit);
            }
        });
        return Task.FromResult(new CommandResult(new { Records = count }, report => report.Line($"{Units.Counted(count, "record")}"))
        {
            Warnings = warnings,
            Written = [target],
        });
    }
}
