using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Records;

/// <summary>Templates as "name/version"; the first schema had one number for all of them, which is read as "family/number".</summary>
internal sealed class TemplateConverter : JsonConverter<string>
{
    private const string FamilyName = "family";

    /// <summary>The text of a number of the first schema.</summary>
    public static string Family(int version) => $"{FamilyName}/{version}";

    /// <summary>True when a record names no template of its own.</summary>
    public static bool IsFamily(TuningRecord record) => record.TemplateName == FamilyName;

    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out int version) && version >= 0 => Family(version),
        JsonTokenType.String => reader.GetString()!,
        _ => throw new JsonException("a template is a name and a version"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
