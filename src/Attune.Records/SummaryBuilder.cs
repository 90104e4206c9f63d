using System.Collections.Immutable;

namespace Attune.Records;

/// <summary>
/// Sums up records task by task as they pass. Of each task it keeps the best thousand records, since the very best may turn out wrong later in the file
/// (<see cref="WrongConfigurations"/>); a task of which a thousand configurations were right and then wrong has no best. One caller at a time.
/// </summary>
public sealed class SummaryBuilder
{
    private const int Kept = 1000;
    private readonly Dictionary<(string Task, int Threads, string Device), Sums> tasks = [];
    private readonly WrongConfigurations wrong = new();

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
        wrong.Add(record);
        if (RecordQueries.CanBeBest(record))
        {
            sums.Offer(record);
        }
    }

    /// <summary>One summary per task so far, ordered by task, threads and device.</summary>
    public ImmutableArray<TaskSummary> Summaries() =>
    [
        .. tasks
            .OrderBy(pair => pair.Key.Task, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Threads)
            .ThenBy(pair => pair.Key.Device, StringComparer.Ordinal)
            .Select(pair => new TaskSummary(pair.Key.Task, pair.Key.Threads, pair.Key.Device, pair.Value.Trials, pair.Value.Outcomes.ToImmutableSortedDictionary(), pair.Value.Best(wrong), pair.Value.Last)),
    ];

    private sealed class Sums
    {
        public int Trials { get; set; }

        public Dictionary<Outcome, int> Outcomes { get; } = [];

        public DateTimeOffset Last { get; set; }

        // The newest templates first, then the shortest time, then the one that was read first.
        private readonly SortedSet<(int Template, double Ms, int Order, TuningRecord Record)> best = new(Comparer<(int Template, double Ms, int Order, TuningRecord Record)>.Create(
            (a, b) => (b.Template, a.Ms, a.Order).CompareTo((a.Template, b.Ms, b.Order))));

        public void Offer(TuningRecord record)
        {
            best.Add((record.Template, record.MedianMs!.Value, Trials, record));
            if (best.Count > Kept)
            {
                best.Remove(best.Max);
            }
        }

        public TuningRecord? Best(WrongConfigurations wrong) => best.Select(kept => kept.Record).FirstOrDefault(record => !wrong.Contains(record));
    }
}
