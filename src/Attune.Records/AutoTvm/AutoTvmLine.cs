using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attune.Records.AutoTvm;

/// <summary>One line of an AutoTVM log, between text and record.</summary>
internal static class AutoTvmLine
{
    private const double OldFormat = 0.1;
    private const double NewFormat = 0.2;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">The line is JSON but no record; other exceptions of the JSON reader pass through.</exception>
    public static AutoTvmRecord Decode(string line)
    {
        using var document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        bool old = root.TryGetProperty("i", out JsonElement input);
        if (!old && !root.TryGetProperty("input", out input))
        {
            throw new FormatException("it has neither 'i' (format 0.1) nor 'input' (format 0.2)");
        }

        JsonElement configuration = old ? input[5] : root.GetProperty("config");
        JsonElement result = root.GetProperty(old ? "r" : "result");
        double version = root.GetProperty(old ? "v" : "version").GetDouble();
        if (version != (old ? OldFormat : NewFormat))
        {
            throw new FormatException($"format {version} is unknown; 0.1 and 0.2 are known");
        }

        return new AutoTvmRecord
        {
            Version = version,
            Target = Text(input[0], "target"),
            Task = Text(input[1], "task name"),
            Arguments = input[2].GetRawText(),
            Keywords = input[3].GetRawText(),
            Workload = old ? input[4].GetRawText() : null,
            Template = old ? Optional(configuration.GetProperty("t")) : null,
            Index = configuration.GetProperty(old ? "i" : "index").GetInt64(),
            CodeHash = Optional(configuration.GetProperty(old ? "c" : "code_hash")),
            Entities = [.. configuration.GetProperty(old ? "e" : "entity").EnumerateArray().Select(Entity)],
            CostsSeconds = [.. result[0].EnumerateArray().Select(cost => cost.GetDouble())],
            Error = result[1].GetInt32(),
            AllSeconds = result[2].GetDouble(),
            Timestamp = result[3].GetDouble(),
            TvmVersion = root.TryGetProperty("tvm_version", out JsonElement tvm) ? Optional(tvm) : null,
        };
    }

    /// <summary>Writes a record as one line without its end.</summary>
    public static string Encode(AutoTvmRecord record)
    {
        bool old = record.Version == OldFormat;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(old ? "i" : "input");
            writer.WriteStringValue(record.Target);
            writer.WriteStringValue(record.Task);
            writer.WriteRawValue(record.Arguments);
            writer.WriteRawValue(record.Keywords);
            if (old)
            {
                writer.WriteRawValue(record.Workload ?? "null");
                WriteConfiguration(writer, record, old);
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteEndArray();
                writer.WritePropertyName("config");
                WriteConfiguration(writer, record, old);
            }

            WriteResult(writer, record, old);
            writer.WriteNumber(old ? "v" : "version", record.Version);
            if (record.TvmVersion is { } version)
            {
                writer.WriteString("tvm_version", version);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteConfiguration(Utf8JsonWriter writer, AutoTvmRecord record, bool old)
    {
        writer.WriteStartObject();
        writer.WriteNumber(old ? "i" : "index", record.Index);
        if (old)
        {
            writer.WriteString("t", record.Template);
        }

        writer.WriteString(old ? "c" : "code_hash", record.CodeHash);
        writer.WriteStartArray(old ? "e" : "entity");
        foreach (AutoTvmEntity entity in record.Entities)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(entity.Name);
            writer.WriteStringValue(entity.Kind);
            writer.WriteRawValue(entity.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, AutoTvmRecord record, bool old)
    {
        writer.WriteStartArray(old ? "r" : "result");
        writer.WriteStartArray();
        foreach (double cost in record.CostsSeconds)
        {
            writer.WriteNumberValue(cost);
        }

        writer.WriteEndArray();
        writer.WriteNumberValue(record.Error);
        writer.WriteNumberValue(record.AllSeconds);
        writer.WriteNumberValue(record.Timestamp);
        writer.WriteEndArray();
    }

    private static AutoTvmEntity Entity(JsonElement element)
    {
        string kind = Text(element[1], "kind of a knob");
        if (kind is not ("sp" or "re" or "an" or "ot"))
        {
            throw new FormatException($"knob kind '{kind}' is unknown");
        }

        if (kind != "ot" && element[2].ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"knob '{element[0]}' of kind '{kind}' has no list");
        }

        return new AutoTvmEntity(Text(element[0], "knob name"), kind, element[2].GetRawText());
    }

    private static string Text(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"the {what} is no text");

    private static string? Optional(JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element.GetString();
}
