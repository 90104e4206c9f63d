using System.Collections.Immutable;
using Attune.Devices;
using Attune.Experiments.Recording;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Records.AutoTvm;
using Attune.Records.Journals;
using Attune.Tuning.AutoTvm.Logs;
using Attune.Tuning.Recorded;
using Attune.Tuning.Transfer;

namespace Attune.Experiments.Transfer;

/// <summary>Earlier tunes to learn from: records files, logs of AutoTVM, and recorded spaces as recorded:FILE.</summary>
/// <param name="History">What can be learnt from.</param>
/// <param name="Summary">One line on it.</param>
/// <param name="Notes">What was left out or is trusted less, and why.</param>
public sealed record HistoryFiles(TuningHistory History, string Summary, ImmutableArray<string> Notes)
{
    /// <summary>Reads files.</summary>
    /// <param name="paths">Records files, logs of AutoTVM or recorded:FILE; at least one.</param>
    /// <param name="device">
    /// The device of a tune, which can start from the best of tasks that teach nothing; null for learning alone, in the spaces of processors.
    /// </param>
    /// <exception cref="JournalException">A records file cannot be read.</exception>
    public static Result<HistoryFiles, HistoryError> Read(IReadOnlyCollection<string> paths, DeviceProfile? device = null)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var records = new List<TuningRecord>();
        var recorded = new List<HistoryTask>();
        foreach (string path in paths)
        {
            if (path.StartsWith(RecordedSet.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                Result<RecordedSet, RecordedSetError> opened = RecordedSet.Open([path]);
                if (!opened.Succeeded)
                {
                    return new RecordingUnusable(opened.Error);
                }

                RecordedSet files = opened.Value;
                notes.AddRange(files.Warnings);
                try
                {
                    recorded.AddRange(files.Devices.Select(device => RecordedHistory.Of(device, OriginOf(files, device))));
                }
                catch (InvalidDataException damaged)
                {
                    return new OriginDamaged(damaged.Message);
                }
            }
            else if (AutoTvmLogFile.IsLog(path))
            {
                AutoTvmLogs logs = AutoTvmLogs.Read([path]);
                records.AddRange(logs.Records);
                notes.AddRange(logs.Notes);
            }
            else
            {
                JournalContents contents = JournalReader.Read(path);
                records.AddRange(contents.Records);
                if (!contents.Damage.IsEmpty)
                {
                    notes.Add($"{path}: {contents.Damage.Length} damaged lines skipped (first: {contents.Damage[0]}).");
                }
            }
        }

        TuningHistory history = TuningHistory.FromRecords(records, device?.Target ?? HostTarget.Widest).With(recorded);
        notes.AddRange(NotesOn(history, records, device));
        if (history.IsEmpty && (device is null || history.Sparse.IsEmpty))
        {
            return new NothingToLearn(
                $"There is nothing to learn from in {string.Join(", ", paths)}: a task needs {TuningHistory.MinTimed} timed configurations.",
                notes.ToImmutable());
        }

        return new HistoryFiles(history, Describe(history, device ?? DeviceProfile.Cpu), notes.ToImmutable());
    }

    private static IEnumerable<string> NotesOn(TuningHistory history, List<TuningRecord> records, DeviceProfile? device)
    {
        foreach ((string reason, int number) in history.Ignored)
        {
            int left = device is not null && reason == TuningHistory.TooFew ? number - history.Sparse.Length : number;
            if (left > 0)
            {
                yield return $"history: {left} {reason} left out.";
            }
        }

        int foreign = records.Count(record => record.Origin is not null);
        if (foreign > 0)
        {
            yield return $"history: {foreign} records are of another program; their configurations are tried, their times are of its kernels and not taken "
                + "over.";
        }

        int old = records.Count(record => record.Origin is null && !KernelTemplates.IsCurrent(record.Template));
        if (old > 0)
        {
            yield return
                $"history: {old} records are of another version of the kernel templates; they hint at good configurations but their times are not taken over.";
        }
    }

    // Only this program's own recordings of one device say which task they are of.
    private static RecordedOrigin? OriginOf(RecordedSet files, RecordedDevice device) =>
        files.Paths.Length == 1 && files.Devices is [var only] && only == device ? RecordedSpaceFile.OriginOf(files.Paths[0]) : null;

    private static string Describe(TuningHistory history, DeviceProfile here)
    {
        string self = here.Kind == TargetKind.Cpu ? "this CPU" : here.Name.ToString();
        string[] devices = [.. history.Tasks.Concat(history.Sparse).Select(task => task.Device).Distinct()];
        int elsewhere = devices.Count(device => !device.StartsWith(here.Id, StringComparison.Ordinal));
        string others = elsewhere == 0
            ? self
            : $"{devices.Length} device{(devices.Length == 1 ? string.Empty : "s")}, {elsewhere} of them not {self}: trusted only as far as they predict "
                + "the first measurements";
        string learnt = $"{history.Tasks.Length} task{(history.Tasks.Length == 1 ? string.Empty : "s")}, {history.Observations} "
            + $"trial{(history.Observations == 1 ? string.Empty : "s")}";
        string starts = history.Sparse.IsEmpty
            ? string.Empty
            : $", the best of {history.Sparse.Length} more task{(history.Sparse.Length == 1 ? string.Empty : "s")} to start from";
        return $"{learnt}{starts}, of {others}";
    }
}
