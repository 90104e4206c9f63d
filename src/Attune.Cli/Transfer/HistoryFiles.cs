using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Experiments;
using Attune.Experiments.Transfer;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Transfer;

/// <summary>Earlier tunes to learn from: records files, and recorded spaces as recorded:FILE.</summary>
/// <param name="History">What can be learnt from.</param>
/// <param name="Summary">One line on it.</param>
/// <param name="Notes">What was left out or is trusted less, and why.</param>
internal sealed record HistoryFiles(TuningHistory History, string Summary, ImmutableArray<string> Notes)
{
    /// <summary>Reads files.</summary>
    /// <param name="paths">Records files or recorded:FILE; at least one.</param>
    /// <exception cref="CommandFailedException">A recording is malformed, or nothing in the files can be learnt from.</exception>
    /// <exception cref="JournalException">A records file cannot be read.</exception>
    public static HistoryFiles Read(IReadOnlyCollection<string> paths)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var records = new List<TuningRecord>();
        var recorded = new List<HistoryTask>();
        foreach (string path in paths)
        {
            if (path.StartsWith(RecordedFiles.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                RecordedFiles files = RecordedFiles.Open([path]);
                notes.AddRange(files.Warnings);
                recorded.AddRange(files.Devices.Select(device => RecordedHistory.Of(device, files.Paths.Length == 1 && files.Devices.Length == 1 ? Origin(files.Paths[0]) : null)));
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
            notes.Add($"history: {old} records are of another version of the kernel templates; they hint at good configurations but their times are not taken over.");
        }

        if (history.IsEmpty)
        {
            throw new CommandFailedException(new Failure(
                ExitCode.Usage,
                ErrorCodes.NothingToLearn,
                $"There is nothing to learn from in {string.Join(", ", paths)}: a task needs {TuningHistory.LeastTimed} timed configurations.",
                "Tune longer first, or name other files.")
            {
                Details = notes.ToImmutable(),
            });
        }

        return new HistoryFiles(history, Describe(history), notes.ToImmutable());
    }

    /// <summary>What stands beside a recording of this program; null for any other file.</summary>
    /// <exception cref="CommandFailedException">It is damaged.</exception>
    internal static RecordedOrigin? Origin(string path)
    {
        try
        {
            return RecordedSpaceFile.OriginOf(path);
        }
        catch (InvalidDataException damaged)
        {
            throw new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedRecording, damaged.Message, "Remove it to use the recording without its task.");
        }
    }

    private static string Describe(TuningHistory history)
    {
        string here = CpuDevice.Detect().Fingerprint.Id;
        string[] devices = [.. history.Tasks.Select(task => task.Device).Distinct()];
        int elsewhere = devices.Count(device => !device.StartsWith(here, StringComparison.Ordinal));
        string others = elsewhere == 0 ? "this CPU" : $"{devices.Length} device{(devices.Length == 1 ? string.Empty : "s")}, {elsewhere} of them not this CPU: trusted only as far as they predict the first measurements";
        return $"{history.Tasks.Length} task{(history.Tasks.Length == 1 ? string.Empty : "s")}, {Units.Counted(history.Observations, "trial")}, of {others}";
    }
}
