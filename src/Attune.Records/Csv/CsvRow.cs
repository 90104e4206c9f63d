namespace Attune.Records.Csv;

/// <summary>A row of comma-separated values.</summary>
/// <param name="Line">Line where it begins, from 1.</param>
/// <param name="Length">Characters of the row as it stands in the file.</param>
/// <param name="Fields">The fields without their quotes, at least one; empty with a problem.</param>
/// <param name="Problem">Why it is no row, to follow on where it stands; null when it is one.</param>
public sealed record CsvRow(int Line, int Length, string[] Fields, string? Problem);
