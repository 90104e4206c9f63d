using System.Runtime.InteropServices;

namespace Attune.Experiments.Reports;

/// <summary>A point of a chart, finite in all coordinates.</summary>
/// <param name="X">Horizontal coordinate.</param>
/// <param name="Y">Vertical coordinate.</param>
/// <param name="Low">Lower end of the band at this point; the same as <paramref name="Y"/> without a band.</param>
/// <param name="High">Upper end of the band.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChartPoint(double X, double Y, double Low, double High)
{
    /// <summary>A point without a band.</summary>
    public static ChartPoint At(double x, double y) => new(x, y, y, y);
}
