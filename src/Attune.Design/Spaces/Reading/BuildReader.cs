using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Design.Spaces.Reading;

/// <summary>
/// Reads how networks come from designs: {"template": "mobilenet", "stages": [...]}, {"command": ["python3", "build.py", "{design}", "{model}"]}, or nothing
/// for a space that only encodes designs measured elsewhere.
/// </summary>
internal static class BuildReader
{
    private const int LongestSeconds = 3600;

    /// <summary>The build; null when it has problems.</summary>
    public static DesignBuild? Read(DocumentObject? build, ImmutableArray<DocumentProblem>.Builder problems) => build is null
        ? new EncodingOnly()
        : build.Has("command") ? Command(build, problems) : Template(build, problems);

    private static CommandBuild? Command(DocumentObject fields, ImmutableArray<DocumentProblem>.Builder problems)
    {
        int before = problems.Count;
        string[] words = [.. fields.List("command", 64, required: true, min: 1).Select(
            item => GeneValue.Read(item.Element, item.Path, problems) ?? string.Empty)];
        int seconds = fields.Whole("timeout_s", 1, LongestSeconds) ?? 60;
        fields.RefuseOthers();
        foreach (string needed in new[] { "{design}", "{model}" })
        {
            if (problems.Count == before && !words.Any(word => word.Contains(needed, StringComparison.Ordinal)))
            {
                fields.Problem(
                    string.Empty,
                    $"no argument of the command holds {needed}: the path of {(needed == "{design}" ? "the design's JSON" : "the ONNX file to write")}");
            }
        }

        return problems.Count == before ? new CommandBuild([.. words], TimeSpan.FromSeconds(seconds)) : null;
    }

    private static TemplateBuild? Template(DocumentObject fields, ImmutableArray<DocumentProblem>.Builder problems)
    {
        int before = problems.Count;
        if (fields.Text("template", required: true) is { } name && name != MobileNetTemplate.Name)
        {
            fields.Problem("template", $"there is no template '{name}'; there is '{MobileNetTemplate.Name}', and \"command\" runs a program of yours");
        }

        var template = new MobileNetTemplate
        {
            Stem = fields.Whole("stem", 1, SpaceLimits.Channels) ?? 16,
            Head = fields.Whole("head", 0, SpaceLimits.Channels) ?? 0,
            Classes = fields.Whole("classes", 1, SpaceLimits.Channels * 4) ?? 1000,
            Resolution = fields.Whole("resolution", 8, 2048) ?? 224,
            Divisor = fields.Whole("divisor", 1, 256) ?? 8,
            Stages = [.. fields.List("stages", SpaceLimits.Stages, required: true, min: 1).Select(item => Stage(fields.Below(item.Element, item.Path)))],
        };
        _ = fields.Has("timeout_s");
        fields.RefuseOthers();
        return problems.Count == before ? new TemplateBuild(template) : null;
    }

    private static MobileNetStage Stage(DocumentObject stage)
    {
        var read = new MobileNetStage(
            stage.Whole("channels", 1, SpaceLimits.Channels, required: true) ?? 1,
            stage.Whole("stride", 1, 2) ?? 1,
            stage.Whole("blocks", 1, SpaceLimits.Blocks) ?? 1,
            stage.Whole("kernel", 1, 15) ?? 3,
            stage.Number("expansion", 0.125, 16) ?? 6);
        stage.RefuseOthers();
        return read;
    }
}
