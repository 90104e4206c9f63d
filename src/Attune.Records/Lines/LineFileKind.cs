using System.Text.Json;

namespace Attune.Records.Lines;

/// <summary>A kind of append-only file: how it is known, and what messages call it.</summary>
/// <param name="Name">What it is, for example "tuning records".</param>
/// <param name="Line">What its first line must be, for example "a tuning record".</param>
/// <param name="Alternative">What the user can do instead of using this file, as half a sentence: "name another file with --records FILE".</param>
/// <param name="IsOurs">Knows the first line.</param>
public sealed record LineFileKind(string Name, string Line, string Alternative, LineProof IsOurs)
{
    /// <summary>What can be done later about two files that one process each wrote to, as the end of a sentence; empty for nothing.</summary>
    public string Joining { get; init; } = string.Empty;

    /// <summary>Whether lines without a checksum count too: those of files that earlier versions wrote.</summary>
    public bool TakesPlainLines { get; init; }

    /// <summary>
    /// A proof for lines that hold something under a key: JSON objects with a text "key" and a member of the given name. What that member holds changes from
    /// version to version.
    /// </summary>
    /// <param name="member">The member's name.</param>
    public static LineProof Keyed(string member) => line =>
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            return document.RootElement is { ValueKind: JsonValueKind.Object } json
                && json.TryGetProperty("key", out JsonElement key) && key.ValueKind == JsonValueKind.String && json.TryGetProperty(member, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    };
}
