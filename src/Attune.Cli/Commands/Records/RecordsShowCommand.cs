using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records show</c>: one line per trial.</summary>
internal sealed class RecordsShowCommand : CliCommand
{
    private readonly Argument<string[]> files = RecordFiles.Argument();
    private readonly Option<string?> task = new("--task") { Description = "Only tasks whose key contains this text.", HelpName = "TEXT" };
    private readonly Option<int> last = new("--last") { Description = "Only the newest N records.", HelpName = "N", DefaultValueFactory = _ => 50 };

    public RecordsShowCommand()
        : base("show", "Show trials: configuration, outcome and time.", "attune records show --task conv2d --last 20")
    {
        Command.Arguments.Add(files);
        Command.Options.Add(task);
        Command.Options.Add(last);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string wanted = invocation.Value(task) ?? string.Empty;
        int max = Math.Max(0, invocation.Value(last));
        int total = 0;
        var newest = new Queue<TuningRecord>();
        ImmutableArray<string> warnings = RecordFiles.Of(invocation.Value(files)!).Visit(record =>
        {
            if (record.Task.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            {
                total++;
                newest.Enqueue(record);
                if (newest.Count > max)
                {
                    newest.Dequeue();
                }
            }
        });
        TuningRecord[] shown = [.. newest];
        return Task.FromResult(new CommandResult(
            new
            {
                Total = total,
                Records = shown.Select(record => new
                {
                    record.Task,
                    record.Threads,
                    record.Device,
                    record.Outcome,
                    record.MedianMs,
                    record.Knobs,
                    record.Tuner,
                    record.Seed,
                    record.Session,
                    record.Sequence,
                    record.Time,
                    record.Message,
                }),
            },
            report =>
            {
                ReportTable.Print(
                    report,
                    ["task", ">threads", "outcome", ">median", "tuner", "configuration"],
                    shown.Select(record => new[] { record.Task, $"{record.Threads}", $"{record.Outcome}", Median(record), record.Tuner, Knobs(record) }));
                report.Line($"{shown.Length} of {total} records");
            })
        {
            Warnings = warnings,
        });
    }

    private static string Median(TuningRecord record) => record.MedianMs is { } median ? Units.Milliseconds(median) : "-";

    private static string Knobs(TuningRecord record) =>
        record.Message is { Length: > 0 } message ? message : string.Join(' ', record.Knobs.Select(knob => $"{knob.Key}={knob.Value}"));
}
