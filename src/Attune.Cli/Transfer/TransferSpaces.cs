using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Numerics.Words;
using Attune.Tuning;

namespace Attune.Cli.Transfer;

/// <summary>What --history of a comparison of tuners asks for: the devices as spaces, each with what learning tuners know of it.</summary>
/// <param name="Spaces">The spaces.</param>
/// <param name="Notes">What was left out, and why.</param>
internal sealed record TransferSpaces(ImmutableArray<BenchmarkSpace> Spaces, ImmutableArray<string> Notes)
{
    /// <summary>Every device learns from all the others.</summary>
    public const string Others = "others";

    /// <summary>Every device learns from each other one alone.</summary>
    public const string Each = "each";

    /// <summary>--history others|each|FILE...</summary>
    public static Option<string[]> Option() => new("--history")
    {
        Description = $"Let tuners that learn ({string.Join(", ", SearcherCatalog.Learners)}) know earlier tunes: '{Others}' shows each device the other devices, '{Each}' one of them at a time, or records files and recorded:FILE. They also run cold.",
        HelpName = $"{Others}|{Each}|FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Makes the spaces.</summary>
    /// <param name="files">The devices.</param>
    /// <param name="values">Values of the option; none compares without history.</param>
    /// <exception cref="CommandFailedException">A word is mistyped, a device has nothing to learn from, or a file cannot be used.</exception>
    public static TransferSpaces Of(RecordedFiles files, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0)
        {
            return new TransferSpaces([.. files.Devices.Select(BenchmarkSpace.Of)], []);
        }

        if (!values.Contains(Others) && !values.Contains(Each))
        {
            return FromFiles(files, values);
        }

        if (values.Count > 1)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--history takes '{Others}', '{Each}' or files, not several of them at once.", $"Write --history {Others}.");
        }

        if (files.Devices.Length < 2)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--history {values.First()} needs at least two devices to learn from each other.", "Name more files after --device.");
        }

        ImmutableArray<string> keys = Keys(files);
        ImmutableArray<HistoryTask> tasks = [.. files.Devices.Select((device, i) => HistoryTask.Of(device, keys[i]))];
        return new TransferSpaces(values.Contains(Each) ? OneByOne(files, keys, tasks) : AllOthers(files, keys, tasks), []);
    }

    private static ImmutableArray<BenchmarkSpace> AllOthers(RecordedFiles files, ImmutableArray<string> keys, ImmutableArray<HistoryTask> tasks) =>
    [
        .. files.Devices.Select((device, i) => new BenchmarkSpace(
            device.Name,
            device,
            new TuningHistory([.. tasks.Where((_, other) => other != i)]),
            $"{string.Join(" + ", files.Devices.Where((_, other) => other != i).Select(other => other.Name))} {files.Signature}",
            keys[i])),
    ];

    private static ImmutableArray<BenchmarkSpace> OneByOne(RecordedFiles files, ImmutableArray<string> keys, ImmutableArray<HistoryTask> tasks) =>
    [
        .. files.Devices.SelectMany((device, i) => tasks.Where((_, other) => other != i).Select(source => new BenchmarkSpace(
            $"{device.Name} from {source.Device}",
            device,
            new TuningHistory([source]),
            $"{source.Device} {files.Signature}",
            keys[i]))),
    ];

    private static TransferSpaces FromFiles(RecordedFiles files, IReadOnlyCollection<string> values)
    {
        CheckWords(values);
        HistoryFiles history = HistoryFiles.Read(values);
        ImmutableArray<string> keys = Keys(files);
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

            string name = $"{string.Join(" + ", values.Select(Path.GetFileName))} {string.Join(' ', known.Select(task => $"{task.Key}@{task.Device}:{task.Observations.Length}:{task.Observations.Sum(each => each.IsTimed ? each.TimeMs : 0):R}"))}";
            spaces.Add(new BenchmarkSpace(device.Name, device, known.Length > 0 ? new TuningHistory([.. known]) : null, name, keys[i]));
        }

        return new TransferSpaces(spaces.ToImmutable(), notes.ToImmutable());
    }

    private static void CheckWords(IEnumerable<string> values)
    {
        // A mistyped word would else be reported as a missing file.
        foreach (string word in values.Where(value => !value.Contains('.') && !value.Contains(Path.DirectorySeparatorChar) && !value.Contains(':') && !File.Exists(value)))
        {
            string meant = NearMiss.Find(word, [Others, Each]) ?? Others;
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"There is no file '{word}' to learn from. Did you mean '{meant}'?", $"Write --history {meant}.");
        }
    }

    // Only this program's own recordings say which task they are of.
    private static ImmutableArray<string> Keys(RecordedFiles files) =>
        [.. files.Devices.Select((device, i) => files.Paths.Length == files.Devices.Length && HistoryFiles.Origin(files.Paths[i]) is { } origin ? origin.Task : device.Name)];
}
