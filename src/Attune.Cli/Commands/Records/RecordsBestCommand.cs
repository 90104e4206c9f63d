using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records best</c>: the fastest correct configuration of every task.</summary>
internal sealed class RecordsBestCommand : CliCommand
{
    private readonly Argument<string[]> files = RecordFiles.Argument();

    public RecordsBestCommand()
        : base("best", "Show the fastest correct configuration of every task.", "attune records best", "attune records best --json tuning.jsonl")
    {
        Command.Arguments.Add(files);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        var read = RecordFiles.Of(invocation.Value(files)!);
        var wrong = new List<TuningRecord>();
        read.Visit(record =>
        {
            if (record.Outcome == Outcome.WrongResult)
            {
                wrong.Add(record);
            }
        });
        var summaries = new SummaryBuilder(WrongConfigurations.Of(wrong));
        ImmutableArray<string> warnings = read.Visit(summaries.Add);
        var rows = summaries.Summaries().Select(summary => new
        {
            summary.Task,
            summary.Threads,
            summary.Device,
            summary.Trials,
            summary.Outcomes,
            BestMs = summary.Best?.MedianMs,
            summary.Best?.Knobs,
        }).ToArray();
        return Task.FromResult(new CommandResult(new { Tasks = rows }, report => ReportTable.Print(
            report,
            ["task", ">threads", "device", ">trials", ">best", "configuration"],
            rows.Select(row => new[]
            {
                row.Task,
                $"{row.Threads}",
                row.Device,
                $"{row.Trials}",
                row.BestMs is { } best ? Units.Milliseconds(best) : "-",
                row.Knobs is null
                    ? string.Join(' ', row.Outcomes.Select(outcome => $"{outcome.Key}:{outcome.Value}"))
                    : string.Join(' ', row.Knobs.Select(knob => $"{knob.Key}={knob.Value}")),
            })))
        {
            Warnings = warnings,
        });
    }
}
