using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>
/// Keeps a run's trials in a journal of records: what is appended is on disk before the next candidate is measured. Trials of other devices, and of other
/// versions of the templates, are never given back: their times are not those of the kernels of today.
/// </summary>
/// <param name="journal">The journal, opened for appending.</param>
/// <param name="device">Fingerprint id of this device; trials of other devices are not replayed.</param>
/// <param name="session">Id of this run.</param>
/// <param name="kind">Kind of this device.</param>
public sealed class JournalTrialLog(Journal journal, string device, string session, TargetKind kind = TargetKind.Cpu) : ITrialLog
{
    private readonly List<Trial> appended = [];

    private readonly ILookup<string, TuningRecord> earlier =
        journal.Contents.Records.Where(
            record => record.Device == device && KernelTemplates.IsCurrent(record.Template)).ToLookup(record => record.Task, StringComparer.Ordinal);

    /// <summary>Trials appended so far.</summary>
    public int Appended => appended.Count;

    /// <summary>The fastest correct trial of a task other than one configuration, or null.</summary>
    /// <param name="taskKey">The task.</param>
    /// <param name="threads">Threads it must have run on.</param>
    /// <param name="chosen">Knobs of the configuration to leave out.</param>
    public Trial? RunnerUp(string taskKey, int threads, IReadOnlyDictionary<string, string> chosen)
    {
        IReadOnlyDictionary<string, string>[] wrong = [.. Disqualified(taskKey)];
        return Load(taskKey).Concat(appended.Where(trial => trial.TaskKey == taskKey))
            .Where(trial => trial.Result.Outcome == Outcome.Ok && trial.Threads == threads && !Same(trial.Knobs, chosen) && !Array.Exists(
                wrong, knobs => Same(trial.Knobs, knobs)))
            .MinBy(trial => trial.Result.MedianMs);
    }

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyDictionary<string, string>> Disqualified(string taskKey) =>
    [
        .. journal.Contents.Records
            .Where(record => record.Outcome == Outcome.WrongResult && record.Task == taskKey && KernelTemplates.IsCurrent(record.Template))
            .Select(record => record.Knobs),
        .. appended.Where(trial => trial.Result.Outcome == Outcome.WrongResult && trial.TaskKey == taskKey).Select(trial => trial.Knobs),
    ];

    /// <summary>Trials of some tasks on this device that were made by another version of the templates.</summary>
    /// <param name="taskKeys">The tasks.</param>
    public int Outdated(IReadOnlySet<string> taskKeys) =>
        journal.Contents.Records.Count(record => record.Device == device && !KernelTemplates.IsCurrent(record.Template) && taskKeys.Contains(record.Task));

    /// <inheritdoc/>
    public void Append(Trial trial)
    {
        journal.Append(ToRecord(trial));
        appended.Add(trial);
    }

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(knob => right.TryGetValue(knob.Key, out string? label) && label == knob.Value);

    private TuningRecord ToRecord(Trial trial) => new()
    {
        Task = trial.TaskKey,
        Knobs = trial.Knobs,
        Index = trial.Index,
        Template = KernelTemplates.VersionOf(trial.TaskKey, trial.Knobs),
        Outcome = trial.Result.Outcome,
        TimesMs = trial.Result.TimesMs,
        MedianMs = double.IsFinite(trial.Result.MedianMs) ? trial.Result.MedianMs : null,
        Message = trial.Result.Message,
        CompileMs = trial.Result.CompileMs,
        CalibrationMs = trial.Result.CalibrationMs,
        Threads = trial.Threads,
        Device = device,
        DeviceKind = DeviceName.NameOf(kind),
        Tuner = trial.Searcher,
        Seed = trial.Seed,
        Session = session,
        Sequence = appended.Count,
        Time = trial.Time,
    };

    /// <inheritdoc/>
    public IEnumerable<Trial> Load(string taskKey) =>
        earlier[taskKey].Select(record => new Trial(
                record.Task,
                record.Index,
                record.Knobs,
                record.Threads,
                new MeasureResult(
                    record.Outcome, record.TimesMs, record.MedianMs ?? double.PositiveInfinity, record.CompileMs, record.CalibrationMs, record.Message),
                record.Tuner,
                (int)record.Seed,
                record.Time));
}
