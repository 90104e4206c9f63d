using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Experiments.Transfer;
using Attune.Kernels.Backends;
using Attune.Numerics.Words;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;

namespace Attune.Cli.Transfer;

/// <summary>Earlier tunes to learn from, as commands name them.</summary>
internal static class TransferHistory
{
    private const string Others = "others";
    private const string Each = "each";

    /// <summary>--history others|each|FILE...</summary>
    public static Option<string[]> Option() => new("--history")
    {
        Description = $"Let tuners that learn ({string.Join(", ", SearcherCatalog.Learners)}) know earlier tunes: '{Others}' shows each device the other "
            + $"devices, '{Each}' one of them at a time, or records files and recorded:FILE. They also run cold.",
        HelpName = $"{Others}|{Each}|FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Reads files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="device">The device of a tune; null for learning alone.</param>
    /// <exception cref="CommandFailedException">A recording is malformed, or nothing in the files can be learnt from.</exception>
    public static HistoryFiles Read(IReadOnlyCollection<string> paths, DeviceProfile? device = null) => HistoryFiles.Read(paths, device).OrThrow(Failed);

    /// <summary>Makes the spaces of a comparison.</summary>
    /// <param name="files">The devices.</param>
    /// <param name="values">Values of the option; none compares without history.</param>
    /// <exception cref="CommandFailedException">A word is mistyped, a device has nothing to learn from, or a file cannot be used.</exception>
    public static TransferSpaces Spaces(RecordedSet files, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0)
        {
            return TransferSpaces.Cold(files);
        }

        if (!values.Contains(Others) && !values.Contains(Each))
        {
            CheckWords(values);
            return TransferSpaces.FromFiles(files, values).OrThrow(Failed);
        }

        if (values.Count > 1)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--history takes '{Others}', '{Each}' or files, not several of them at once.",
                $"Write --history {Others}.");
        }

        if (files.Devices.Length < 2)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--history {values.First()} needs at least two devices to learn from each other.",
                "Name more files after --device.");
        }

        Result<TransferSpaces, HistoryError> spaces = values.Contains(Each) ? TransferSpaces.FromEach(files) : TransferSpaces.FromOthers(files);
        return spaces.OrThrow(Failed);
    }

    private static CommandFailedException Failed(HistoryError error) => error switch
    {
        RecordingUnusable recording => new CommandFailedException(RecordedFiles.Failed(recording.Error)),
        NothingToLearn nothing => new CommandFailedException(
            new Failure(ExitCode.Usage, ErrorCodes.NothingToLearn, error.Message, "Tune longer first, or name other files.") { Details = nothing.Notes }),
        _ => new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedRecording, error.Message, "Remove it to use the recording without its task."),
    };

    private static void CheckWords(IEnumerable<string> values)
    {
        // A mistyped word would else be reported as a missing file.
        foreach (string word in values.Where(
            value => !value.Contains('.') && !value.Contains(Path.DirectorySeparatorChar) && !value.Contains(':') && !File.Exists(value)))
        {
            string meant = NearMiss.Find(word, [Others, Each]) ?? Others;
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"There is no file '{word}' to learn from. Did you mean '{meant}'?", $"Write --history {meant}.");
        }
    }
}
