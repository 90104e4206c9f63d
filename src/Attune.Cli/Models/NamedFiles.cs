using Attune.Cli.Output;
using Attune.Kernels;

namespace Attune.Cli.Models;

/// <summary>Files that stand for inputs or outputs: NAME=FILE, or just FILE in the model's order.</summary>
internal static class NamedFiles
{
    /// <summary>Assigns files to values.</summary>
    /// <param name="option">Name of the option, for messages.</param>
    /// <param name="files">What the user gave.</param>
    /// <param name="values">The model's values.</param>
    /// <exception cref="CommandFailedException">There are more files than values, a value gets two, or a name is no value's (AT2102).</exception>
    public static IReadOnlyDictionary<string, string> Assign(string option, IReadOnlyList<string> files, IReadOnlyList<NetworkValue> values)
    {
        var assigned = new Dictionary<string, string>();
        for (int i = 0; i < files.Count; i++)
        {
            // A file name may hold '=', so only a known name counts as one, and any other only where no such file exists.
            NetworkValue? named = values.FirstOrDefault(value => files[i].StartsWith(value.Name + "=", StringComparison.Ordinal));
            int split = files[i].IndexOf('=');
            if (named is null && split > 0 && !File.Exists(files[i]))
            {
                throw new CommandFailedException(
                    ExitCode.Usage,
                    ErrorCodes.InputMismatch,
                    $"{option} {files[i]} names '{files[i][..split]}', but the model has "
                    + $"{string.Join(", ", values.Select(value => $"{value.Name} {value.Type}"))}.",
                    $"Give {option} {values.FirstOrDefault()?.Name ?? "NAME"}={files[i][(split + 1)..]}, or a file without '=' in its path.");
            }

            string? name = named?.Name ?? (i < values.Count ? values[i].Name : null);
            string path = named is null ? files[i] : files[i][(named.Name.Length + 1)..];
            if (name is null || !assigned.TryAdd(name, path))
            {
                throw new CommandFailedException(
                    ExitCode.Usage,
                    ErrorCodes.InputMismatch,
                    $"{option} {files[i]} has no place: the model has {string.Join(", ", values.Select(value => $"{value.Name} {value.Type}"))}.",
                    $"Give {option} NAME=FILE once for each.");
            }
        }

        return assigned;
    }
}
