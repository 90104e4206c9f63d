using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>Keeps a run's trials in a journal of records: what is appended is on disk before the next candidate is measured.</summary>
/// <param name="journal">The journal, opened for appending.</param>
/// <param name="device">Fingerprint id of this device; trials of other devices are not replayed.</param>
/// <param name="session">Id of this run.</param>
internal sealed class JournalTrialLog(Journal journal, string device, string session) : ITrialLog
{
    private long sequence;

    /// <inheritdoc/>
    public void Append(Trial trial) => journal.Append(new TuningRecord
    {
        Task = trial.TaskKey,
        Knobs = trial.Knobs,
        Index = trial.Index,
        Outcome = trial.Result.Outcome,
        TimesMs = trial.Result.TimesMs,
        MedianMs = double.IsFinite(trial.Result.MedianMs) ? trial.Result.MedianMs : null,
        Message = trial.Result.Message,
        CompileMs = trial.Result.CompileMs,
        CalibrationMs = trial.Result.CalibrationMs,
        Threads = trial.Threads,
        Device = device,
        Tuner = trial.Searcher,
        Seed = trial.Seed,
        Session = session,
        Sequence = sequence++,
        Time = trial.Time,
    });

    /// <inheritdoc/>
    public IEnumerable<Trial> Load(string taskKey) =>
        journal.Contents.Records
            .Where(record => record.Task == taskKey && record.Device == device)
            .Select(record => new Trial(
                record.Task,
                record.Index,
                record.Knobs,
                record.Threads,
                new MeasureResult(record.Outcome, record.TimesMs, record.MedianMs ?? double.PositiveInfinity, record.CompileMs, record.CalibrationMs, record.Message),
                record.Tuner,
                (int)record.Seed,
                record.Time));
}
