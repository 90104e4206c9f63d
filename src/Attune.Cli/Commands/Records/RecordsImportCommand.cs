using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Records.Journals;
using Attune.Tuning.AutoTvm.Logs;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records import</c>: logs of other programs as records.</summary>
internal sealed class RecordsImportCommand : CliCommand
{
    private const string AutoTvm = "autotvm";

    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Logs to read, plain or gzipped.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> output = SharedOptions.Output("The records file to make.");
    private readonly Option<string> format = new("--format")
    {
        Description = "autotvm: logs of TVM's AutoTVM.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => AutoTvm,
    };

    public RecordsImportCommand()
        : base(
            "import",
            "Read logs of AutoTVM as records: to look at them, and to start tunes from them.",
            "attune records import --format autotvm cuda_1080ti.log.gz -o 1080ti.jsonl",
            "attune tune zoo:resnet18 --device cuda:0 --history 1080ti.jsonl -o resnet18.attune")
    {
        output.Required = true;
        format.AcceptOnlyFromAmong(AutoTvm);
        Command.Arguments.Add(files);
        Command.Options.Add(output);
        Command.Options.Add(format);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string target = invocation.Value(output)!;
        string[] paths = invocation.Value(files)!;
        JournalFile.RequireNew(target);
        AutoTvmLogs logs = AutoTvmLogs.Read(paths);
        if (logs.Records.IsEmpty)
        {
            throw new CommandFailedException(new Failure(
                ExitCode.Model,
                ErrorCodes.NothingConverted,
                $"No line of {string.Join(", ", paths)} is a record of AutoTVM for a task of ours; {target} was not written.",
                "Name logs that AutoTVM wrote: a JSON object on every line.")
            { Details = logs.Notes });
        }

        JournalFile.Replace(target, () => logs.Records);
        var data = new
        {
            Records = logs.Records.Length,
            logs.Points,
            History = logs.Records.Length - logs.Points,
            logs.Duplicates,
            logs.Comments,
            logs.Skipped,
        };
        return Task.FromResult(new CommandResult(data, report =>
        {
            report.Line($"{Units.Counted(data.Records, "record")}: {data.Points} of templates that are here, {data.History} as history of their tasks");
            report.Line($"{Units.Counted(data.Duplicates, "duplicate")} dropped, {Units.Counted(data.Comments, "comment")} and "
                + $"{Units.Counted(data.Skipped, "other line")} left out");
        })
        {
            Warnings = logs.Notes,
            Written = [target],
            Next = PrintedCommand.Of("records", "best", target),
        });
    }
}
