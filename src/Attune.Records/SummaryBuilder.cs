using System.Collections.Immutable;

namespace Attune.Records;

/// <summary>Sums up records task by task as they pass; keeps of each task its best record only. One caller at a time.</summary>
/// <param name="wrong">Configurations that cannot be best, also for records that pass after their times.</param>
public sealed class SummaryBuilder(WrongConfigurations wrong)
{
    private readonly Dictionary<(string Task, int Threads, string Device), Sums> tasks = [];

    /// <summary>Takes a record in.</summary>
    public void Add(TuningRecord record)
    {
        (string Task, int Threads, string Device) key = (record.Task, record.Threads, record.Device);
        if (!tasks.TryGetValue(key, out Sums? sums))
        {
            tasks[key] = sums = new Sums { Last = record.Time };
        }

        sums.Trials++;
        sums.Outcomes[record.Outcome] = sums.Outcomes.GetValueOrDefault(record.Outcome) + 1;
        sums.Last = record.Time > sums.Last ? record.Time : sums.Last;
        if (RecordQueries.CanBeBest(record)
            && (!sums.Best.TryGetValue(record.TemplateName, out TuningRecord? best) || RecordQueries.IsBetter(record, best))
            && !wrong.Contains(record))
        {
            sums.Best[record.TemplateName] = record;
        }
    }

    /// <summary>One summary per task so far, ordered by task, threads and device.</summary>
    public ImmutableArray<TaskSummary> Summaries() =>
    [
        .. tasks
            .OrderBy(pair => pair.Key.Task, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Threads)
            .ThenBy(pair => pair.Key.Device, StringComparer.Ordinal)
            .Select(pair => new TaskSummary(
                pair.Key.Task, pair.Key.Threads, pair.Key.Device, pair.Value.Trials, pair.Value.Outcomes.ToImmutableSortedDictionary(),
                pair.Value.Best.Values.MinBy(record => record.MedianMs), pair.Value.Last)),
    ];

    private sealed class Sums
    {
        public int Trials { get; set; }

        public Dictionary<Outcome, int> Outcomes { get; } = [];

        public Dictionary<string, TuningRecord> Best { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset Last { get; set; }
    }
}
