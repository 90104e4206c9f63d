using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>Plain lines of reports.</summary>
internal static class ReportLines
{
    /// <summary>Writes one line as it is, without wrapping and without looking for markup.</summary>
    public static void Line(this IAnsiConsole report, string line) => report.Profile.Out.Writer.WriteLine(line);
}
