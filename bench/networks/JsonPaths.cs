using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>Reads single values of a document by their path; what is missing or of another kind is null.</summary>
internal static class JsonPaths
{
    /// <summary>A number, for example "ratio.median".</summary>
    public static double? Number(this JsonNode? document, string path) =>
        document.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;

    /// <summary>A text.</summary>
    public static string? Text(this JsonNode? document, string path) =>
        document.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A truth value.</summary>
    public static bool? Flag(this JsonNode? document, string path) =>
        document.At(path) is JsonValue value && value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>() : null;

    /// <summary>The members of an array; none when there is no such array.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? document, string path) =>
        document.At(path) is JsonArray array ? array.OfType<JsonNode>() : [];

    private static JsonNode? At(this JsonNode? document, string path)
    {
        foreach (string name in path.Split('.'))
        {
            document = (document as JsonObject)?[name];
        }

        return document;
    }
}
