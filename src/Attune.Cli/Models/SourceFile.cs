using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Attune.Cli.Models;

/// <summary>The ONNX file that a tuned model was made from: what it was then, and whether it still is.</summary>
internal static class SourceFile
{
    /// <summary>SHA-256 of a model's file, lower-case hexadecimal; null for a network of the zoo and for a file that is not there.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Sha256(string source)
    {
        if (source.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase) || !File.Exists(source))
        {
            return null;
        }

        using FileStream file = File.OpenRead(source);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>
    /// Where the ONNX file that a tuned model was made from lies now. The model remembers its name only, so it is looked for beside the model, then in the current folder.
    /// </summary>
    /// <param name="source">What the model remembers: zoo:NAME, a name, or (older files) a path; null for nothing.</param>
    /// <param name="model">Path of the tuned model.</param>
    /// <returns>A path of a file that is there, zoo:NAME, or else what was given.</returns>
    public static string? Find(string? source, string model)
    {
        if (source is null || source.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase) || Path.IsPathRooted(source))
        {
            return source;
        }

        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, source);
        return File.Exists(beside) ? beside : Path.GetFullPath(source) is var here && File.Exists(here) ? here : source;
    }

    /// <summary>A warning when the file that a comparison uses is not the one that was tuned. External data are not looked at.</summary>
    /// <param name="model">The tuned model.</param>
    /// <param name="compared">File that the user named; null takes the one that the model remembers.</param>
    public static ImmutableArray<string> WarningsOf(RunnableModel model, string? compared)
    {
        string? source = compared ?? model.Source;
        if (model.Tuned?.SourceSha256 is not { } then || source is null || Sha256(source) is not { } now || now == then)
        {
            return [];
        }

        return [$"{source} is not the file that {model.Name} was tuned from: it has changed since, or is another one. Tune it again to run what is in it now."];
    }
}
