using System.Collections.Immutable;
using Attune.Devices;
using Attune.Experiments.Recording;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Transfer;

namespace Attune.Experiments.Transfer;

/// <summary>Recorded devices as spaces to compare tuners on, each with what learning tuners know of it.</summary>
/// <param name="Spaces">The spaces.</param>
/// <param name="Notes">What was left out, and why.</param>
public sealed record TransferSpaces(ImmutableArray<BenchmarkSpace> Spaces, ImmutableArray<string> Notes)
{
    /// <summary>Nothing is known of any device.</summary>
    /// <param name="files">The devices.</param>
    public static TransferSpaces Cold(RecordedSet files) => new([.. files.Devices.Select(BenchmarkSpace.Of)], []);

    /// <summary>Every device learns from all the others.</summary>
    /// <param name="files">The devices, at least two.</param>
    public static Result<TransferSpaces, HistoryError> FromOthers(RecordedSet files) => WithKeys(files, keys =>
    {
        HistoryTask[] tasks = [.. files.Devices.Select((device, i) => HistoryTask.Of(device, keys[i]))];
        return new TransferSpaces(
            [
                .. files.Devices.Select((device, i) => new BenchmarkSpace(
                    device.Name,
                    device,
                    new TuningHistory([.. tasks.Where((_, other) => other != i)]),
                    $"{string.Join(" + ", files.Devices.Where((_, other) => other != i).Select(other => other.Name))} {files.Signature}",
                    keys[i])),
            ],
            []);
    });

    /// <summary>Every device learns from each other one alone.</summary>
    /// <param name="files">The devices, at least two.</param>
    public static Result<TransferSpaces, HistoryError> FromEach(RecordedSet files) => WithKeys(files, keys =>
    {
        HistoryTask[] tasks = [.. files.Devices.Select((device, i) => HistoryTask.Of(device, keys[i]))];
        return new TransferSpaces(
            [
                .. files.Devices.SelectMany((device, i) => tasks.Where((_, other) => other != i).Select(source => new BenchmarkSpace(
                    $"{device.Name} from {source.Device}",
                    device,
                    new TuningHistory([source]),
                    $"{source.Device} {files.Signature}",
                    keys[i]))),
            ],
            []);
    });

    /// <summary>Every device learns from files, except from its own recording.</summary>
    /// <param name="files">The devices.</param>
    /// <param name="names">Records files or recorded:FILE; at least one.</param>
    /// <exception cref="Records.Journals.JournalException">A records file cannot be read.</exception>
    public static Result<TransferSpaces, HistoryError> FromFiles(RecordedSet files, IReadOnlyCollection<string> names)
    {
        Result<HistoryFiles, HistoryError> read = HistoryFiles.Read(names);
        return read.Succeeded ? WithKeys(files, keys => FromFiles(files, names, read.Value, keys)) : read.Error;
    }

    private static TransferSpaces FromFiles(RecordedSet files, IEnumerable<string> names, HistoryFiles history, ImmutableArray<string> keys)
    {
        var notes = history.Notes.ToBuilder();
        var spaces = ImmutableArray.CreateBuilder<BenchmarkSpace>();
        for (int i = 0; i < files.Devices.Length; i++)
        {
            RecordedDevice device = files.Devices[i];
            HistoryTask[] known = [.. history.History.Tasks.Where(task => task.Device != device.Name)];
            if (known.Length < history.History.Tasks.Length)
            {
                notes.Add($"{device.Name}: its own recording is no history of it and is left out.");
            }

            string name = $"{string.Join(" + ", names.Select(Path.GetFileName))} {string.Join(' ', known.Select(Identity))}";
            spaces.Add(new BenchmarkSpace(device.Name, device, known.Length > 0 ? new TuningHistory([.. known]) : null, name, keys[i]));
        }

        return new TransferSpaces(spaces.ToImmutable(), notes.ToImmutable());
    }

    private static string Identity(HistoryTask task) =>
        $"{task.Key}@{task.Device}:{task.Observations.Length}:{task.Observations.Sum(each => each.IsTimed ? each.TimeMs : 0):R}";

    // Only this program's own recordings say which task they are of.
    private static Result<TransferSpaces, HistoryError> WithKeys(RecordedSet files, Func<ImmutableArray<string>, TransferSpaces> make)
    {
        try
        {
            return make([
                .. files.Devices.Select((device, i) =>
                    files.Paths.Length == files.Devices.Length && RecordedSpaceFile.OriginOf(files.Paths[i]) is { } origin ? origin.Task : device.Name),
            ]);
        }
        catch (InvalidDataException damaged)
        {
            return new OriginDamaged(damaged.Message);
        }
    }
}
