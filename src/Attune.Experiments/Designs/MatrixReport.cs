using System.Collections.Immutable;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Designs;

/// <summary>The report on how alike several ways of running order the designs of a family: a heat map, and what adapting each to each other gained.</summary>
public static class MatrixReport
{
    /// <summary>Puts the report together.</summary>
    /// <param name="title">What was compared.</param>
    /// <param name="summary">One sentence.</param>
    /// <param name="devices">Names.</param>
    /// <param name="matrix">Rank correlations, row-major; NaN where there is none.</param>
    /// <param name="adapted">Proxy, target, rank correlation as it is, adapted, measurements; one row per ordered pair, may be empty.</param>
    /// <param name="conditions">Machine, date and command, one line each.</param>
    public static ReportDocument Of(
        string title,
        string summary,
        ImmutableArray<string> devices,
        ImmutableArray<double> matrix,
        ImmutableArray<ImmutableArray<string>> adapted,
        ImmutableArray<string> conditions)
    {
        var sections = ImmutableArray.CreateBuilder<ReportSection>();
        sections.Add(
            new ReportSection("Rank correlation", [new HeatMap("Spearman's rank correlation of latencies, over the designs that both run", devices, matrix)]));
        if (!adapted.IsEmpty)
        {
            sections.Add(new ReportSection("Adaptation", [new ReportTable(
                "Adapted with half of the designs, judged by the others", ["proxy", "target", ">as it is", ">adapted", ">measured"], adapted)]));
        }

        return new ReportDocument(title, summary, conditions, sections.ToImmutable());
    }
}
