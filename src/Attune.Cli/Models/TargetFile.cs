using Attune.Cli.Output;
using Attune.Devices.Files;

namespace Attune.Cli.Models;

/// <summary>A file that a command will write at its end.</summary>
internal static class TargetFile
{
    /// <summary>Makes sure that it can be written: that must not be found out after ten minutes of work.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for the message.</param>
    /// <exception cref="CommandFailedException">It is a folder, or its folder is missing.</exception>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static void Check(string path, string option)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"'{path}' cannot be written: {(Directory.Exists(path) ? "it is a folder" : $"there is no folder {folder}")}.",
                $"Name another file with {option}.");
        }

        SpecialFiles.RequireReplaceable(path);
        string probe = Path.Combine(folder, $".attune-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    }
}
