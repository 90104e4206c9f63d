using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records merge</c>: several files into one.</summary>
internal sealed class RecordsMergeCommand : CliCommand
{
    private readonly Argument<string[]> files = new("FILE") { Description = "Records files to join.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> output = SharedOptions.Output("The file to write; it may be one of those read.");

    public RecordsMergeCommand()
        : base("merge", "Join records files; copies of the same trial are kept once.", "attune records merge a.jsonl b.jsonl -o all.jsonl")
    {
        output.Required = true;
        Command.Arguments.Add(files);
        Command.Options.Add(output);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string target = invocation.Value(output)!;
        var merged = RecordMerge.Files(invocation.Value(files)!, target);
        var data = new { Records = merged.Records.Length, merged.Duplicates, merged.Conflicts };
        return Task.FromResult(new CommandResult(data, report =>
            report.Line(
                $"{Units.Counted(data.Records, "record")}; {Units.Counted(data.Duplicates, "duplicate")} dropped, {data.Conflicts} conflicting records kept"))
        {
            Written = [target],
            Next = PrintedCommand.Of("records", "best", target),
        });
    }
}
