using System.Collections.Immutable;

namespace Attune.Experiments.Reports;

/// <summary>A part of a report under its own heading.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Blocks">What it says, in order.</param>
public sealed record ReportSection(string Title, ImmutableArray<ReportBlock> Blocks);
