using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Graph.Conformance;

namespace Attune.Compile.Conformance;

/// <summary>One line to a conformance worker: which test it shall run on which path. It answers with the verdict.</summary>
/// <param name="Test">Name of the test.</param>
/// <param name="Folder">The test's folder.</param>
/// <param name="Path">Name of the path.</param>
public sealed record ConformanceRequest(string Test, string Folder, string Path)
{
    // The largest error of a wrong shape is infinite.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The line.</summary>
    public string Encode() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ConformanceRequest Decode(string line) =>
        JsonSerializer.Deserialize<ConformanceRequest>(line, Json) ?? throw new JsonException("A request is missing.");

    /// <summary>The line of a verdict.</summary>
    public static string Encode(ConformanceVerdict verdict) => JsonSerializer.Serialize(verdict, Json);

    /// <summary>Reads the line of a verdict; null when it is none.</summary>
    public static ConformanceVerdict? DecodeVerdict(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ConformanceVerdict>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
