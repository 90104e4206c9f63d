using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Experiments.OneProxy;

/// <summary>Classes of device pairs by their true rank correlation, and how numbers are written in this experiment.</summary>
internal sealed class Classes(params ImmutableArray<double> limits)
{
    /// <summary>Number of classes: one below the first limit, one from each limit on.</summary>
    public int Count => limits.Length + 1;

    /// <summary>Class of a correlation.</summary>
    public int Of(double correlation) => limits.Count(limit => correlation >= limit);

    /// <summary>Name of a class.</summary>
    public string Name(int index) =>
        index == 0
            ? $"below {Number(limits[0])}"
            : index == limits.Length
            ? $"from {Number(limits[^1])}"
            : $"{Number(limits[index - 1])} to {Number(limits[index])}";

    public static string Number(double value, string form = "0.##") => double.IsNaN(value) ? "-" : value.ToString(form, CultureInfo.InvariantCulture);

    public static string Three(double value) => Number(value, "0.000");

    public static string Two(double value) => Number(value, "0.00");

    public static string Percent(double share) => double.IsNaN(share) ? "-" : Number(100 * share, "0.0") + " %";
}
