using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records.Journals;

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
        ImmutableArray<string> paths = RecordFiles.Of(invocation.Value(files)!).Paths;
        ImmutableArray<JournalTally> tallies = [.. paths.Select(JournalReader.Tally)];
        var rows = paths.Zip(
            tallies, (path, tally) => new { Path = path, tally.Records, tally.Tasks, tally.Ok, Devices = tally.Devices.ToArray(), tally.Last }).ToArray();
        return Task.FromResult(new CommandResult(new { Files = rows }, report => ReportTable.Print(
            report,
            ["file", ">records", ">ok", ">tasks", "devices", "newest"],
            rows.Select(row => new[] { row.Path, $"{row.Records}", $"{row.Ok}", $"{row.Tasks}", string.Join(", ", row.Devices), $"{row.Last:u}" })))
        {
            Warnings = RecordFiles.Warnings(paths, [.. tallies.Select(tally => tally.Contents)]),
        });
    }
}
