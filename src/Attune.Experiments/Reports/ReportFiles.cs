using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Devices.Files;

namespace Attune.Experiments.Reports;

/// <summary>The files of a report: report.html and report.md say the same, report.json holds the numbers.</summary>
public static class ReportFiles
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes the three files; each is complete or untouched.</summary>
    /// <param name="folder">Where to; made when missing.</param>
    /// <param name="report">The report.</param>
    /// <param name="data">Its numbers; properties become snake_case keys.</param>
    /// <returns>Paths of the files.</returns>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static ImmutableArray<string> Write(string folder, ReportDocument report, object data)
    {
        Directory.CreateDirectory(folder);
        return
        [
            WriteText(Path.Combine(folder, "report.html"), HtmlReport.Of(report)),
            WriteText(Path.Combine(folder, "report.md"), MarkdownReport.Of(report)),
            WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(data, Json) + "\n"),
        ];
    }

    private static string WriteText(string path, string text)
    {
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        return path;
    }
}
