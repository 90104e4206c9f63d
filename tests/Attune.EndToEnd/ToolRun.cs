using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>How a command ended.</summary>
internal sealed record ToolRun(int Exit, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string ErrorCode => Json.GetProperty("error").GetProperty("code").GetString()!;

    public override string ToString() => $"exit {Exit}{Environment.NewLine}{Output}{Environment.NewLine}{Error}";
}
