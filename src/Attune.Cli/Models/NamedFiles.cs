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
    /// <exception cref="CommandFailedException">There are more files than values, or a value gets two (AT2102).</exception>
    public static IReadOnlyDictionary<string, string> Assign(string option, IReadOnlyList<string> files, IReadOnlyList<NetworkValue> values)
    {
        var assigned = new Dictionary<string, string>();
        for (int i = 0; i < files.Count; i++)
        {
            // A file name may hold '=', so only a known name counts as one.
            NetworkValue? named = values.FirstOrDefault(value => files[i].StartsWith(value.Name + "=", StringComparison.Ordinal));
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
