using System.CommandLine;
using Attune.Cli.Output;
using Attune.Devices;

namespace Attune.Cli.Arguments;

/// <summary>Options that several commands share, so that they are spelt and checked alike.</summary>
internal static class SharedOptions
{
    /// <summary>--threads N of commands that begin with a model: all processors unless given.</summary>
    public static Option<int?> Threads() => new("--threads") { Description = "Threads to run on. Default: all processors.", HelpName = "N" };

    /// <summary>--threads N of commands on tuned models: as tuned unless given.</summary>
    public static Option<int?> ThreadsAsTuned() => new("--threads") { Description = "Threads to run on. Default: those a .attune file was tuned for, else all processors.", HelpName = "N" };

    /// <summary>--shape NAME=1x3x224x224, repeatable.</summary>
    public static Option<string[]> Shape() => new("--shape")
    {
        Description = "Fix an input's shape (NAME=1x3x224x224) or a symbolic dimension (NAME=1). May be repeated.",
        HelpName = "NAME=EXTENTS",
        DefaultValueFactory = _ => [],
    };

    /// <summary>-o FILE.</summary>
    public static Option<string> Output(string description) => new("--output", "-o") { Description = description, HelpName = "FILE" };

    /// <summary>Checks a number of threads.</summary>
    /// <exception cref="CommandFailedException">It is below one or above the processors (AT1004).</exception>
    public static int CheckThreads(int? wanted)
    {
        int processors = Environment.ProcessorCount;
        return wanted switch
        {
            null => UsableProcessors.Count,
            < 1 => throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--threads {wanted} is below 1.", $"Use --threads 1 to {processors}."),
            _ when wanted > processors => throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.TooManyThreads,
                $"--threads {wanted} asks for more threads than the {processors} processor{(processors == 1 ? string.Empty : "s")} this process may use.",
                $"Use --threads {processors} or fewer."),
            _ => wanted.Value,
        };
    }
}
