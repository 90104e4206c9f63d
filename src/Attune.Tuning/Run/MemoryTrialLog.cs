using Attune.Records;

namespace Attune.Tuning.Run;

/// <summary>A trial log that lives as long as the process. One thread at a time.</summary>
public sealed class MemoryTrialLog : ITrialLog
{
    private readonly List<Trial> trials = [];

    /// <summary>Everything appended so far, in order.</summary>
    public IReadOnlyList<Trial> Trials => trials;

    /// <inheritdoc/>
    public void Append(Trial trial) => trials.Add(trial);

    /// <inheritdoc/>
    public IEnumerable<Trial> Load(string taskKey) => [.. trials.Where(trial => string.Equals(trial.TaskKey, taskKey, StringComparison.Ordinal))];

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyDictionary<string, string>> Disqualified(string taskKey) =>
        [.. Load(taskKey).Where(trial => trial.Result.Outcome == Outcome.WrongResult).Select(trial => trial.Knobs)];
}
