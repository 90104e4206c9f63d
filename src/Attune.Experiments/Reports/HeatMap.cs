using System.Collections.Immutable;

namespace Attune.Experiments.Reports;

/// <summary>A square of numbers from -1 to 1, such as correlations, as coloured cells.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Labels">Names of rows and columns.</param>
/// <param name="Values">Row-major, as many as labels squared; NaN is an empty cell.</param>
public sealed record HeatMap(string Caption, ImmutableArray<string> Labels, ImmutableArray<double> Values) : ReportBlock
{
    /// <summary>Text of a cell: two digits, or nothing.</summary>
    internal static string Cell(double value) => double.IsNaN(value) ? string.Empty : value.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The same as a table, for readers without colours.</summary>
    internal ReportTable ToTable() => new(
        Caption,
        [string.Empty, .. Labels.Select(label => $">{label}")],
        [.. Labels.Select(
            (label, i) => (ImmutableArray<string>)[label, .. Enumerable.Range(0, Labels.Length).Select(j => Cell(Values[(i * Labels.Length) + j]))])]);
}
