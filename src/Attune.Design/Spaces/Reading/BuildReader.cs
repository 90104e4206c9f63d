using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Design.Spaces;

/// <summary>
/// Reads how networks come from designs: {"template": "mobilenet", "stages": [...]}, {"command": ["python3", "build.py", "{design}", "{model}"]}, or nothing for a space
/// that only encodes designs measured elsewhere.
/// </summary>
internal static class BuildReader
{
    private const int LongestSeconds = 3600;

    /// <summary>The build; null when it has faults.</summary>
    public static DesignBuild? Read(JsonElement? element, List<SpaceFault> faults)
    {
        if (element is not { } build)
        {
            return new EncodingOnly();
        }

        if (build.ValueKind == JsonValueKind.Object && build.TryGetProperty("command", out _))
        {
            return Command(build, faults);
        }

        return Template(build, faults);
    }

    private static CommandBuild? Command(JsonElement element, List<SpaceFault> faults)
    {
        int before = faults.Count;
        var fields = new JsonFields(element, "build", faults, "command", "timeout_s");
        string[] words = [.. fields.Items("command", 64, needed: true).Select(item => JsonFields.ValueText(item.Element, item.Where, faults) ?? string.Empty)];
        int seconds = fields.Whole("timeout_s", 1, LongestSeconds, 60);
        foreach (string needed in new[] { "{design}", "{model}" })
        {
            if (faults.Count == before && !words.Any(word => word.Contains(needed, StringComparison.Ordinal)))
            {
                fields.Fault($"no argument of the command holds {needed}: the path of {(needed == "{design}" ? "the design's JSON" : "the ONNX file to write")}");
            }
        }

        return faults.Count == before ? new CommandBuild([.. words], TimeSpan.FromSeconds(seconds)) : null;
    }

    private static TemplateBuild? Template(JsonElement element, List<SpaceFault> faults)
    {
        int before = faults.Count;
        var fields = new JsonFields(element, "build", faults, "template", "stem", "head", "classes", "resolution", "divisor", "stages", "command", "timeout_s");
        string name = fields.Text("template", element.ValueKind == JsonValueKind.Object && fields["template"] is null ? null : string.Empty);
        if (name.Length > 0 && name != MobileNetTemplate.Name)
        {
            fields.Fault($"there is no template '{name}'; there is '{MobileNetTemplate.Name}', and \"command\" runs a program of yours");
        }

        var stages = ImmutableArray.CreateBuilder<MobileNetStage>();
        foreach ((JsonElement item, string where) in fields.Items("stages", SpaceLimits.Stages, needed: true))
        {
            var stage = new JsonFields(item, where, faults, "channels", "stride", "blocks", "kernel", "expansion");
            stages.Add(new MobileNetStage(
                stage.Whole("channels", 1, SpaceLimits.Channels),
                stage.Whole("stride", 1, 2, 1),
                stage.Whole("blocks", 1, SpaceLimits.Blocks, 1),
                stage.Whole("kernel", 1, 15, 3),
                stage.Number("expansion", 0.125, 16, 6)));
        }

        var template = new MobileNetTemplate
        {
            Stem = fields.Whole("stem", 1, SpaceLimits.Channels, 16),
            Head = fields.Whole("head", 0, SpaceLimits.Channels, 0),
            Classes = fields.Whole("classes", 1, SpaceLimits.Channels * 4, 1000),
            Resolution = fields.Whole("resolution", 8, 2048, 224),
            Divisor = fields.Whole("divisor", 1, 256, 8),
            Stages = stages.ToImmutable(),
        };
        return faults.Count == before ? new TemplateBuild(template) : null;
    }
}
