using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Data;

namespace Attune.Cli.Design;

/// <summary>Folders with measurements of many designs on many devices, as commands take them.</summary>
internal static class MeasuredData
{
    private const string Variable = "ATTUNE_DATA";
    private const string Folder = "devices";

    /// <summary>--data DIR.</summary>
    public static Option<string?> Option() => new("--data")
    {
        Description = "Folder with latency_ms.csv (a column per device) and, where known, architectures.csv and accuracy.csv. Default: "
            + $"{Folder} below {Variable}.",
        HelpName = "DIR",
    };

    /// <summary>The folder that was named, or the default.</summary>
    /// <exception cref="CommandFailedException">None is named, or it does not exist.</exception>
    public static string Path(Invocation invocation, Option<string?> option)
    {
        string? folder = invocation.Value(option);
        if (folder is null && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root)
        {
            folder = System.IO.Path.Combine(root, Folder);
        }

        return folder is null
            ? throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.Arguments,
                "No folder with measurements is named.",
                $"Use --data DIR, or set {Variable} to the folder above {Folder}.")
            : Directory.Exists(folder)
                ? folder
                : throw new CommandFailedException(
                    ExitCode.Usage, ErrorCodes.FileAccess, $"There is no folder {folder}.", "Name a folder with latency_ms.csv after --data.");
    }

    /// <summary>Reads a folder.</summary>
    /// <exception cref="CommandFailedException">It cannot be used (AT3020).</exception>
    public static DesignFolder Read(string folder)
    {
        try
        {
            return DesignFolder.Read(folder);
        }
        catch (DesignDataException wrong)
        {
            throw Failed(wrong);
        }
    }

    /// <summary>The failure of a folder that cannot be used.</summary>
    public static CommandFailedException Failed(DesignDataException wrong) =>
        new(ExitCode.Model, ErrorCodes.MalformedMeasurements, wrong.Message, $"attune explain {ErrorCodes.MalformedMeasurements}");
}
