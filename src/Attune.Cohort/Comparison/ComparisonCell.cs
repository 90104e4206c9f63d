using System.Globalization;
using Attune.Cohort.Control;

namespace Attune.Cohort.Comparison;

/// <summary>A cohort that policies are compared on.</summary>
/// <param name="Cohort">Which networks, for example <c>4 x alexnet</c>.</param>
/// <param name="Size">Size class of the paper: small (1), medium (2 to 4), large (6 to 8), mixed (different networks), other.</param>
/// <param name="Factor">Deadline over the exact network's time at its fastest setting, alone; NaN where members differ.</param>
/// <param name="Setup">The cohort.</param>
public sealed record ComparisonCell(string Cohort, string Size, double Factor, CohortSetup Setup)
{
    /// <summary>The factor as reports say it, for example <c>deadline factor 1.5</c>, or <c>deadline factors 1.2 to 3</c> where members differ.</summary>
    public string FactorText
    {
        get
        {
            if (double.IsFinite(Factor))
            {
                return string.Create(CultureInfo.InvariantCulture, $"deadline factor {Factor:0.##}");
            }

            double[] all = [.. Setup.Members.Select(FactorOf)];
            return string.Create(CultureInfo.InvariantCulture, $"deadline factors {all.Min():0.##} to {all.Max():0.##}");
        }
    }

    /// <summary>The cell of a plan as it stands.</summary>
    public static ComparisonCell Of(CohortSetup setup)
    {
        string[] networks = [.. setup.Members.Select(member => member.Network)];
        double[] factors = [.. setup.Members.Select(FactorOf).Distinct()];
        string cohort = string.Join(" + ", networks.GroupBy(network => network).Select(same => same.Count() == 1 ? same.Key : $"{same.Count()} x {same.Key}"));
        return new ComparisonCell(cohort, SizeOf(networks), factors.Length == 1 ? factors[0] : double.NaN, setup);
    }

    private static double FactorOf(MemberSetup member) => Math.Round(member.DeadlineUs / member.FastestUs, 3);

    private static string SizeOf(string[] networks) => networks.Distinct().Count() > 1
        ? "mixed"
        : networks.Length switch { 1 => "small", >= 2 and <= 4 => "medium", >= 6 and <= 8 => "large", _ => "other" };
}
