using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>Plain lines of reports.</summary>
internal static class ReportLines
{
    /// <summary>Writes one line as it is, without wrapping and without looking for markup; what a terminal would obey is made visible.</summary>
    public static void Line(this IAnsiConsole report, string line) => report.Profile.Out.Writer.WriteLine(VisibleText.Of(line));

    /// <summary>Writes a text of several lines.</summary>
    public static void Lines(this IAnsiConsole report, string text)
    {
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            report.Line(line);
        }
    }
}
