using System.Collections.Immutable;
using Attune.Devices;
using Attune.Experiments.Recording;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Tuning.Recorded;
using Attune.Tuning.Transfer;

namespace Attune.Experiments.Transfer;

/// <summary>Earlier tunes to learn from: records files, and recorded spaces as recorded:FILE.</summary>
/// <param name="History">What can be learnt from.</param>
/// <param name="Summary">One line on it.</param>
/// <param name="Notes">What was left out or is trusted less, and why.</param>
public sealed record HistoryFiles(TuningHistory History, string Summary, ImmutableArray<string> Notes)
{
    /// <summary>Reads files.</summary>
    /// <param name="paths">Records files or recorded:FILE; at least one.</param>
    /// <exception cref="JournalException">A records file cannot be read.</exception>
    public static Result<HistoryFiles, HistoryError> Read(IReadOnlyCollection<string> paths)
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

        var found = TuningHistory.FromRecords(records, HostTarget.Widest);
        var history = new TuningHistory([.. found.Tasks, .. recorded], found.Ignored);
        notes.AddRange(history.Ignored.Select(left => $"history: {left.Value} {left.Key} left out."));
        int old = records.Count(record => !KernelTemplates.IsCurrent(record.Template));
        if (old > 0)
        {
            notes.Add(
                $"history: {old} records are of another version of the kernel templates; they hint at good configurations but their times are not taken over.");
        }

        if (history.IsEmpty)
        {
            return new NothingToLearn(
                $"There is nothing to learn from in {string.Join(", ", paths)}: a task needs {TuningHistory.MinTimed} timed configurations.",
                notes.ToImmutable());
        }

        return new HistoryFiles(history, Describe(history), notes.ToImmutable());
    }

    // Only this program's own recordings of one device say which task they are of.
    private static RecordedOrigin? OriginOf(RecordedSet files, RecordedDevice device) =>
        files.Paths.Length == 1 && files.Devices is [var only] && only == device ? RecordedSpaceFile.OriginOf(files.Paths[0]) : null;

    private static string Describe(TuningHistory history)
    {
        string here = CpuDevice.Detect().Fingerprint.Id;
        string[] devices = [.. history.Tasks.Select(task => task.Device).Distinct()];
        int elsewhere = devices.Count(device => !device.StartsWith(here, StringComparison.Ordinal));
        string others = elsewhere == 0
            ? "this CPU"
            : $"{devices.Length} device{(devices.Length == 1 ? string.Empty : "s")}, {elsewhere} of them not this CPU: trusted only as far as they predict "
                + "the first measurements";
        return $"{history.Tasks.Length} task{(history.Tasks.Length == 1 ? string.Empty : "s")}, {history.Observations} "
            + $"trial{(history.Observations == 1 ? string.Empty : "s")}, of {others}";
    }
}
