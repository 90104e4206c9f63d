using System.Collections.Immutable;
using Attune.Compile.Models;

namespace Attune.Cli.Models;

/// <summary>Tells whether the ONNX file that a tuned model was made from still is what it was.</summary>
internal static class SourceWarning
{
    /// <summary>A warning when the file that a comparison uses is not the one that was tuned. External data are not looked at.</summary>
    /// <param name="model">The tuned model.</param>
    /// <param name="compared">File that the user named; null takes the one that the model remembers.</param>
    public static ImmutableArray<string> Of(RunnableModel model, string? compared)
    {
        string? source = compared ?? model.Source;
        if (model.Tuned?.SourceSha256 is not { } then || source is null || SourceFile.Sha256(source) is not { } now || now == then)
        {
            return [];
        }

        return [$"{source} is not the file that {model.Name} was tuned from: it has changed since, or is another one. Tune it again to run what is in it now."];
    }
}
