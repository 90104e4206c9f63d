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
