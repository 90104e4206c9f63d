using System.Collections.Immutable;

namespace Attune.Experiments.Reports;

/// <summary>A report before it is written: what it says, not how it looks.</summary>
/// <param name="Title">The title.</param>
/// <param name="Scale">How much of the full experiment this is, in one sentence; shown first.</param>
/// <param name="Conditions">Device, date and settings, one per line.</param>
/// <param name="Sections">The rest.</param>
public sealed record ReportDocument(string Title, string Scale, ImmutableArray<string> Conditions, ImmutableArray<ReportSection> Sections);
