using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records list</c>: one line per file.</summary>
internal sealed class RecordsListCommand : CliCommand
{
    private readonly Argument<string[]> files = RecordFiles.Argument();

    public RecordsListCommand()
        : base("list", "List records files: how many trials of how many tasks each holds.", "attune records list", "attune records list a.jsonl b.jsonl")
    {
        Command.Arguments.Add(files);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        var read = RecordFiles.Read(invocation.Value(files)!);
        var rows = read.Paths.Zip(read.Contents, (path, contents) => new
        {
            Path = path,
            Records = contents.Records.Length,
            Tasks = contents.Records.Select(record => record.Task).Distinct().Count(),
            Ok = contents.Records.Count(record => record.Outcome == Outcome.Ok),
            Devices = contents.Records.Select(record => record.Device).Distinct().ToArray(),
            Last = contents.Records.IsEmpty ? (DateTimeOffset?)null : contents.Records.Max(record => record.Time),
        }).ToArray();
        return Task.FromResult(new CommandResult(new { Files = rows }, report => ReportTable.Print(
            report,
            ["file", ">records", ">ok", ">tasks", "devices", "newest"],
            rows.Select(row => new[] { row.Path, $"{row.Records}", $"{row.Ok}", $"{row.Tasks}", string.Join(", ", row.Devices), $"{row.Last:u}" })))
        {
            Warnings = read.Warnings,
        });
    }
}
