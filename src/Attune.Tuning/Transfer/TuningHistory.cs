using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Earlier tunes of other tasks, networks and devices, as the transfer searcher takes them. Tasks that have too little to say, and records whose configuration
/// no longer exists, are left out and counted with the reason. Immutable.
/// </summary>
public sealed class TuningHistory
{
    /// <summary>Timed points a task must have to teach anything.</summary>
    public const int MinTimed = 8;

    /// <summary>Why tasks are left out that have a few times or none.</summary>
    public static readonly string TooFew = $"tasks with fewer than {MinTimed} timed configurations";

    /// <summary>A history without tasks.</summary>
    public static readonly TuningHistory Empty = new([]);

    private readonly ImmutableArray<HistoryTask> given;
    private readonly HistoryStarts starts;

    /// <summary>Makes a history of tasks.</summary>
    /// <param name="tasks">Tasks; those with fewer than <see cref="MinTimed"/> times are only <see cref="Sparse"/>.</param>
    /// <param name="ignored">Reasons found before, with how many they concern.</param>
    public TuningHistory(ImmutableArray<HistoryTask> tasks, ImmutableSortedDictionary<string, int>? ignored = null)
    {
        given = tasks;
        Tasks = [.. tasks.Where(task => task.Timed >= MinTimed)];
        Sparse = [.. tasks.Where(task => task.Timed is > 0 and < MinTimed)];
        starts = new HistoryStarts(Sparse);
        int poor = tasks.Length - Tasks.Length;
        Ignored = ignored ?? ImmutableSortedDictionary<string, int>.Empty;
        if (poor > 0)
        {
            Ignored = Ignored.SetItem(TooFew, poor);
        }
    }

    /// <summary>The tasks, in the order they were given.</summary>
    public ImmutableArray<HistoryTask> Tasks { get; }

    /// <summary>Tasks with a few times: too little to learn from, but their best are where a search may start.</summary>
    public ImmutableArray<HistoryTask> Sparse { get; }

    /// <summary>What was left out: reason and number.</summary>
    public ImmutableSortedDictionary<string, int> Ignored { get; }

    /// <summary>True when there is nothing to learn from.</summary>
    public bool IsEmpty => Tasks.IsEmpty;

    /// <summary>Observations of all tasks.</summary>
    public int Observations => Tasks.Sum(task => task.Observations.Length);

    /// <summary>The same history with further tasks.</summary>
    /// <param name="more">The tasks.</param>
    public TuningHistory With(IEnumerable<HistoryTask> more) => new([.. given, .. more], Ignored.Remove(TooFew));

    /// <summary>Points to measure first: the best of <see cref="Sparse"/> tasks of the same workload, else of the most similar ones.</summary>
    /// <param name="key">Key of the task.</param>
    /// <param name="space">Its space.</param>
    /// <returns>Valid points, each once; none when no such task is known.</returns>
    public ImmutableArray<long> StartsFor(string key, Space space) => starts.For(key, space);

    /// <summary>Groups records by task, threads and device, and finds their configurations again in today's spaces.</summary>
    /// <param name="records">Records of any tasks and devices.</param>
    /// <param name="target">Target whose spaces they are looked for in, whatever its vectors' width.</param>
    public static TuningHistory FromRecords(IEnumerable<TuningRecord> records, KernelTarget target) => FromRecords(records, key => TemplateSpace(key, target));

    /// <summary>Groups records by task, threads and device, and finds their configurations again in given spaces.</summary>
    /// <param name="records">Records of any tasks and devices.</param>
    /// <param name="spaceOf">Space of a task key, null when it has none any more.</param>
    public static TuningHistory FromRecords(IEnumerable<TuningRecord> records, Func<string, Space?> spaceOf)
    {
        var tasks = ImmutableArray.CreateBuilder<HistoryTask>();
        var ignored = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var spaces = new Dictionary<string, Space?>(StringComparer.Ordinal);
        TuningRecord[] all = [.. records];
        var wrong = WrongConfigurations.Of(all);
        foreach (IGrouping<(string Task, int Threads, string Device), TuningRecord> group in all.GroupBy(
            record => (record.Task, record.Threads, record.Device)))
        {
            if (!spaces.TryGetValue(group.Key.Task, out Space? space))
            {
                spaces[group.Key.Task] = space = spaceOf(group.Key.Task);
            }

            if (space is null)
            {
                Count("records of tasks that no template of this build computes", group.Count());
                continue;
            }

            var observations = new Dictionary<long, Observation>();
            foreach (TuningRecord record in group)
            {
                if (space.Find(record.Knobs) is not { } point)
                {
                    Count(IsForeign(record) ? "records of templates that are not known here" : "records of another template version", 1);
                }
                else if (wrong.Contains(record))
                {
                    observations.TryAdd(point.Index, new Observation(point.Index, Outcome.WrongResult, 0));
                }
                else if (record.IsTimed && !(record.MedianMs > 0 && double.IsFinite(record.MedianMs.Value)))
                {
                    Count("records with a time that is not above 0", 1);
                }
                else
                {
                    observations.TryAdd(point.Index, new Observation(point.Index, record.Outcome, record.MedianMs ?? 0));
                }
            }

            tasks.Add(new HistoryTask(group.Key.Task, $"{group.Key.Device}/{group.Key.Threads}", space, [.. observations.Values]));
        }

        return new TuningHistory(tasks.ToImmutable(), ignored.ToImmutableSortedDictionary());

        void Count(string reason, int number) => ignored[reason] = ignored.GetValueOrDefault(reason) + number;
    }

    // Another program's record under the knobs of its own template.
    private static bool IsForeign(TuningRecord record) =>
        record.Origin is not null
        && (!record.Knobs.TryGetValue(TemplateRegistry.Chooser, out string? name) || TemplateRegistry.Named(name) is null);

    private static Space? TemplateSpace(string key, KernelTarget target)
    {
        if (WeightedWorkload.TryParse(key) is not { } workload || !target.Takes(workload.Lanes))
        {
            return null;
        }

        try
        {
            return KernelTemplates.CreateSpace(workload, target.WithLanes(workload.Lanes));
        }
        catch (OverflowException)
        {
            // Keys that somebody wrote may be of layers so large that their configurations cannot be counted.
            return null;
        }
    }
}
