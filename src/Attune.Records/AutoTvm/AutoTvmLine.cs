using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attune.Records.AutoTvm;

/// <summary>One line of an AutoTVM log, between text and record.</summary>
internal static class AutoTvmLine
{
    private const double OldFormat = 0.1;
    private const double NewFormat = 0.2;
    private const int MaxKnobs = 64;
    private const int MaxRepeats = 10_000;
    private const int LastError = 8;
    private const double MaxTimestamp = 253_402_300_799; // The end of the year 9999.
    private const double MaxTrialSeconds = 24 * 3600;
    private const double MaxCostSeconds = 1e10; // Failures have 1e9.

    /// <summary>Longer than any line of TVM's, characters; bounds what a hostile file can take.</summary>
    public const int MaxLength = 1 << 16;

    // Lines of TVM are six deep.
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 16 };

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">The line is JSON but no record; other exceptions of the JSON reader pass through.</exception>
    public static AutoTvmRecord Decode(string line)
    {
        using var document = JsonDocument.Parse(line, Limits);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        RequireReadable(root);
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

        return Checked(new AutoTvmRecord
        {
            Line = line,
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
        });
    }

    /// <summary>Writes a record as one line without its end, byte for byte as TVM writes it.</summary>
    public static string Encode(AutoTvmRecord record)
    {
        bool old = record.Version == OldFormat;
        string entities = string.Join(", ", record.Entities.Select(entity => $"[{Quoted(entity.Name)}, {Quoted(entity.Kind)}, {entity.Value}]"));
        string hash = Quoted(record.CodeHash);
        string result = $"[[{string.Join(", ", record.CostsSeconds.Select(PythonNumber.Of))}], {record.Error}, "
            + $"{PythonNumber.Of(record.AllSeconds)}, {PythonNumber.Of(record.Timestamp)}]";
        string task = $"{Quoted(record.Target)}, {Quoted(record.Task)}, {record.Arguments}, {record.Keywords}";
        return old
            ? $"{{\"i\": [{task}, {record.Workload ?? "null"}, "
                + $"{{\"i\": {record.Index}, \"t\": {Quoted(record.Template)}, \"c\": {hash}, \"e\": [{entities}]}}], "
                + $"\"r\": {result}, \"v\": {PythonNumber.Of(record.Version)}}}"
            : $"{{\"input\": [{task}], \"config\": {{\"index\": {record.Index}, \"code_hash\": {hash}, \"entity\": [{entities}]}}, \"result\": {result}, "
                + $"\"version\": {PythonNumber.Of(record.Version)}{(record.TvmVersion is { } tvm ? $", \"tvm_version\": {Quoted(tvm)}" : string.Empty)}}}";
    }

    // Half of a surrogate pair passes as JSON and is found only when the text is read, wherever that may be.
    private static void RequireReadable(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireReadable(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement part in element.EnumerateArray())
                {
                    RequireReadable(part);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }

    private static AutoTvmRecord Checked(AutoTvmRecord record) =>
        record.Index < 0 ? throw new FormatException($"the index is {record.Index}")
        : record.Entities.Length > MaxKnobs ? throw new FormatException($"there are {record.Entities.Length} knobs; {MaxKnobs} are allowed")
        : record.CostsSeconds.Length > MaxRepeats ? throw new FormatException($"there are {record.CostsSeconds.Length} times; {MaxRepeats} are allowed")
        : record.CostsSeconds.Any(cost => !(cost is >= 0 and <= MaxCostSeconds)) ? throw new FormatException("a time is below 0, too long or no number")
        : record.Error is < 0 or > LastError ? throw new FormatException($"error {record.Error} is unknown; 0 to {LastError} are known")
        : !(record.AllSeconds is >= 0 and <= MaxTrialSeconds) ? throw new FormatException("the time of the whole trial is below 0, above a day or no number")
        : record.Timestamp is >= 0 and <= MaxTimestamp ? record
        : throw new FormatException("the date is before 1970 or no date");

    private static string Quoted(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

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
