using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Experiments.Transfer;

/// <summary>
/// History for tuners that learn from other tasks: everything known of the other groups (networks or recorded devices), never anything of the group that is
/// searched, nor of the same task in another network.
/// </summary>
/// <param name="tasks">All tasks of the experiment.</param>
/// <param name="recorded">Recorded devices: their whole recordings are history; null takes the searches that ended.</param>
/// <param name="device">Name of the device that searches ran on.</param>
public sealed class LeaveOneOut(ImmutableArray<ExperimentTask> tasks, RecordedTasks? recorded, string device) : ITransferSource
{
    // One history per group: the transfer search trains once per history and remembers it by reference.
    private readonly Dictionary<string, TuningHistory> histories = [];

    /// <summary>Tuners that learn from history.</summary>
    public static ImmutableArray<string> Tuners { get; } = ["dgp"];

    /// <summary>What tuners are shown, one sentence.</summary>
    public string Description => recorded is null
        ? "Tuners with history (dgp) were shown the searches of all other tuners on the other networks; that history's own cost is not counted, nor "
            + "is it in the poster."
        : "Tuners with history (dgp) were shown the whole recordings of the other devices; their cost is not counted, nor is it in the poster.";

    /// <inheritdoc/>
    public bool Serves(SearchArm arm) => Tuners.Contains(arm.Tuner);

    /// <inheritdoc/>
    public SearcherOptions Prepare(ExperimentTask task, SearchArm arm, SearcherOptions options, IReadOnlyList<SearchTrace> done) =>
        options with { TaskKey = task.Tuning.Key, History = HistoryFor(task, done) };

    private TuningHistory HistoryFor(ExperimentTask task, IReadOnlyList<SearchTrace> done)
    {
        if (!histories.TryGetValue(task.Group, out TuningHistory? history))
        {
            var own = tasks.Where(other => other.Group == task.Group).Select(other => other.Tuning.Key).ToHashSet();
            ExperimentTask[] others = [.. tasks.Where(
                other => other.Group != task.Group && !own.Contains(other.Tuning.Key)).DistinctBy(other => other.Tuning.Key)];
            history = new TuningHistory([.. others.Select(other => recorded is null ? OfSearches(other, done) : HistoryTask.Of(recorded.DeviceOf(other)))]);
            histories.Add(task.Group, history);
        }

        return history;
    }

    private HistoryTask OfSearches(ExperimentTask task, IReadOnlyList<SearchTrace> done) => new(
        task.Tuning.Key,
        device,
        task.Tuning.Space,
        [
            .. done.Where(
                trace => trace.Task == task.Tuning.Key && !Tuners.Contains(trace.Arm)).SelectMany(trace => trace.Points).DistinctBy(point => point.Index)
                .Select(point => new Observation(point.Index, point.Outcome, point.TimeMs ?? 0)),
        ]);
}
