using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>What one command of attune gave.</summary>
/// <param name="Exit">Its exit code.</param>
/// <param name="Document">Its JSON document, or null when it printed none.</param>
internal sealed record ToolAnswer(int Exit, JsonObject? Document)
{
    private const int Gate = 5;

    /// <summary>True when the document holds what was asked for: also when a check failed.</summary>
    public bool HasResult => Document is not null && Exit is 0 or Gate;

    /// <summary>Why it failed, or null.</summary>
    public string? Failure => Exit == 0
        ? null
        : Document?.Text("error.message") is { } message ? $"{Document.Text("error.code")} {message}" : $"attune ended with exit code {Exit}";
}
