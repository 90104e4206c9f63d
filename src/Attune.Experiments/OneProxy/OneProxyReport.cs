using System.Collections.Immutable;
using Attune.Experiments.Reports;

namespace Attune.Experiments.OneProxy;

/// <summary>The experiment's report.</summary>
public static class OneProxyReport
{
    /// <summary>Puts the report together.</summary>
    /// <param name="results">What was computed.</param>
    /// <param name="conditions">Date, command and data, one line each.</param>
    public static ReportDocument Of(OneProxyResults results, ImmutableArray<string> conditions) => new(
        "One proxy device: rank correlation, adaptation and search on public measurements",
        results.Scale,
        [.. conditions, .. results.DataWarnings],
        [Goals(results), .. results.Tables.GroupBy(table => table.Section).Select(section => new ReportSection(section.Key, [.. section.SelectMany(Blocks)]))]);

    /// <summary>The table of goals, for the report and for the screen.</summary>
    public static OneProxyTable GoalTable(OneProxyResults results) => new(
        "Figures",
        "Goals and what this run reached",
        ["figure", ">goal", ">published", ">reached", "met"],
        [
            .. results.Goals.Select(goal => (ImmutableArray<string>)
            [
                goal.Name,
                $"{(goal.IsUpperBound ? "at most " : string.Empty)}{Classes.Three(goal.Goal)}",
                goal.Published is { } published ? Classes.Three(published) : "-",
                Classes.Number(goal.Reached, "0.0000"),
                goal.IsMet ? "yes" : "no",
            ]),
        ]);

    private static ReportSection Goals(OneProxyResults results)
    {
        OneProxyTable table = GoalTable(results);
        return new ReportSection(table.Section, [new ReportTable(table.Caption, table.Columns, table.Rows)]);
    }

    private static IEnumerable<ReportBlock> Blocks(OneProxyTable table)
    {
        yield return table.MatrixLabels.IsEmpty
            ? new ReportTable(table.Caption, table.Columns, table.Rows)
            : new HeatMap(table.Caption, table.MatrixLabels, table.Matrix);
        if (table.Note.Length > 0)
        {
            yield return new ReportParagraph(table.Note);
        }
    }
}
