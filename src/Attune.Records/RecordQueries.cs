using System.Collections.Immutable;

namespace Attune.Records;

/// <summary>
/// Questions that records answer. A task here is a task key at a number of threads on one device: times of others do not compare. Nor do those of another
/// version of a kernel template: of each template, the best of a task is looked for among the records of the newest version that it has. A configuration with a
/// wrong result is never best (<see cref="WrongConfigurations"/>).
/// </summary>
public static class RecordQueries
{
    /// <summary>The fastest correct record of every task, ordered by task, threads and device. Candidates that were cut short cannot be best.</summary>
    public static ImmutableArray<TuningRecord> BestPerTask(IEnumerable<TuningRecord> records) =>
        [.. Summaries(records).Where(summary => summary.Best is not null).Select(summary => summary.Best!)];

    /// <summary>The fastest correct record of one task, or null.</summary>
    public static TuningRecord? Best(IEnumerable<TuningRecord> records, string task, int threads, string device) =>
        Best([.. records.Where(record => record.Task == task)], threads, device);

    /// <summary>All records of one task, in their order: what a resumed search starts from.</summary>
    public static ImmutableArray<TuningRecord> History(IEnumerable<TuningRecord> records, string task, int threads, string device) =>
        [.. records.Where(record => Concerns(record, task, threads, device))];

    /// <summary>One line per task: trials, outcomes, best. Ordered by task, threads and device.</summary>
    public static ImmutableArray<TaskSummary> Summaries(IEnumerable<TuningRecord> records)
    {
        TuningRecord[] all = [.. records];
        var builder = new SummaryBuilder(WrongConfigurations.Of(all));
        Array.ForEach(all, builder.Add);
        return builder.Summaries();
    }

    /// <summary>True for the correct records that ran to their end.</summary>
    internal static bool CanBeBest(TuningRecord record) => record is { Outcome: Outcome.Ok, MedianMs: not null };

    /// <summary>True when a record beats one of the same template that was seen before: a newer version, or the same one and a shorter time.</summary>
    internal static bool IsBetter(TuningRecord record, TuningRecord best) =>
        record.TemplateVersion > best.TemplateVersion || (record.TemplateVersion == best.TemplateVersion && record.MedianMs < best.MedianMs);

    private static TuningRecord? Best(TuningRecord[] ofTask, int threads, string device)
    {
        var wrong = WrongConfigurations.Of(ofTask);
        return ofTask
            .Where(record => record.Threads == threads && record.Device == device && CanBeBest(record) && !wrong.Contains(record))
            .GroupBy(record => record.TemplateName, StringComparer.Ordinal)
            .Select(group => group.Aggregate((best, record) => IsBetter(record, best) ? record : best))
            .MinBy(record => record.MedianMs);
    }

    private static bool Concerns(TuningRecord record, string task, int threads, string device) =>
        record.Threads == threads && record.Task == task && record.Device == device;
}
