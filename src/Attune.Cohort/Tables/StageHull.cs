using System.Runtime.InteropServices;

namespace Attune.Cohort.Tables;

/// <summary>
/// Settings of one stage on the lower convex hull of time and cost: the only ones that a least-cost plan within a time can use, up to one stage's rounding.
/// </summary>
internal static class StageHull
{
    /// <summary>A point of the hull.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Point(int Setting, double Time, double Cost);

    /// <summary>Points of the hull, from the cheapest (slowest) to the fastest (dearest).</summary>
    public static Point[] Of(IEnumerable<Point> points)
    {
        var hull = new List<Point>();
        double fastest = double.PositiveInfinity;
        foreach (Point point in points.OrderBy(point => point.Cost).ThenBy(point => point.Time))
        {
            if (point.Time >= fastest)
            {
                continue;
            }

            fastest = point.Time;
            while (hull.Count >= 2 && !IsConvex(hull[^2], hull[^1], point))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(point);
        }

        return [.. hull];
    }

    // The price of a microsecond saved must rise from edge to edge.
    private static bool IsConvex(Point first, Point second, Point third) =>
        (second.Cost - first.Cost) * (second.Time - third.Time) < (third.Cost - second.Cost) * (first.Time - second.Time);
}
