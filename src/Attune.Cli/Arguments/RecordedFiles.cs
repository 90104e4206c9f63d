using System.CommandLine;
using Attune.Cli.Output;
using Attune.Tuning.Recorded;

namespace Attune.Cli.Arguments;

/// <summary>Recorded devices as users name them: recorded:FILE, several files after one option, with wildcards.</summary>
internal static class RecordedFiles
{
    /// <summary>The option that names them.</summary>
    /// <param name="description">What they are for.</param>
    /// <param name="form">What the help calls a value.</param>
    public static Option<string[]> Option(string description, string form = "recorded:FILE") => new("--device")
    {
        Description = description,
        HelpName = form,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Opens them.</summary>
    /// <param name="values">Values of the option; at least one.</param>
    /// <exception cref="CommandFailedException">One is missing or malformed (AT3003), holds nothing that works, or two have one name.</exception>
    public static RecordedSet Open(IReadOnlyCollection<string> values) => RecordedSet.Open(values).OrThrow(error => new CommandFailedException(Failed(error)));

    /// <summary>The failure of files that cannot be used.</summary>
    public static Failure Failed(RecordedSetError error) => error.Failure switch
    {
        RecordedSetFailure.Unreadable => new Failure(ExitCode.Usage, ErrorCodes.FileAccess, error.Message, error.Next),
        RecordedSetFailure.SameName => new Failure(ExitCode.Usage, ErrorCodes.BadValue, error.Message, error.Next),
        _ => new Failure(ExitCode.Model, ErrorCodes.MalformedRecording, error.Message, error.Next) { Details = error.Details },
    };
}
