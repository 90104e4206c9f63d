using System.Collections.Immutable;

namespace Attune.Experiments.Reports;

/// <summary>One part of a report; the derived records are all there are.</summary>
public abstract record ReportBlock;

/// <summary>Plain text.</summary>
/// <param name="Text">The text; no markup.</param>
public sealed record ReportParagraph(string Text) : ReportBlock;

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Headings; one that starts with &gt; holds numbers and is right-aligned.</param>
/// <param name="Rows">Cells, as many per row as there are columns.</param>
public sealed record ReportTable(string Caption, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows) : ReportBlock;

/// <summary>Curves over a common axis, each with an optional band.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="XTitle">Title and unit of the horizontal axis.</param>
/// <param name="YTitle">Title and unit of the vertical axis.</param>
/// <param name="Series">The curves, at least one, each with at least one point.</param>
public sealed record LineChart(string Caption, string XTitle, string YTitle, ImmutableArray<ChartSeries> Series) : ReportBlock;

/// <summary>Groups of bars.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="YTitle">Title and unit of the vertical axis.</param>
/// <param name="Groups">Names of the groups, in order.</param>
/// <param name="Series">One bar per group in each; the points' X is the position of the group.</param>
public sealed record BarChart(string Caption, string YTitle, ImmutableArray<string> Groups, ImmutableArray<ChartSeries> Series) : ReportBlock;

/// <summary>Clouds of points in a plane.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="XTitle">Title of the horizontal axis.</param>
/// <param name="YTitle">Title of the vertical axis.</param>
/// <param name="Series">The clouds.</param>
public sealed record ScatterChart(string Caption, string XTitle, string YTitle, ImmutableArray<ChartSeries> Series) : ReportBlock;
