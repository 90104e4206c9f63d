using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>What a rank correlation means for pairs of designs, and how well few designs estimate it.</summary>
internal static class SamplePart
{
    private const string Section = "What a rank correlation means and how it is estimated";
    private const int PairsOfDesigns = 4000;
    private const int SamplesPerPair = 4;
    private static readonly int[] Sizes = [10, 20, 30, 50, 100];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, int seeds) =>
        [Discordance(data.Small.Devices), .. data.Full is { } full ? new[] { Estimation(full.Devices, seeds) } : []];

    private static OneProxyTable Discordance(ImmutableArray<DeviceColumn> devices)
    {
        var classes = new Classes(0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99);
        var random = new Random(1);
        var groups = new List<(double Tau, double Discordant, double E90, double E95, double E99)>[classes.Count];
        for (int c = 0; c < groups.Length; c++)
        {
            groups[c] = [];
        }

        foreach (DeviceColumn proxy in devices)
        {
            foreach (DeviceColumn target in devices.Where(device => device != proxy))
            {
                groups[classes.Of(Spearman.Of(proxy.Values, target.Values, 1e-6))].Add(Compare(proxy.Values, target.Values, random));
            }
        }

        return new OneProxyTable(
            Section,
            "Ordered pairs of the 18 devices by their rank correlation; excess: how much slower on the target the design is that the proxy holds for the "
            + "faster, quantiles over random pairs of designs",
            ["rank correlation", ">device pairs", ">Kendall tau", ">discordant", ">excess 90 %", ">95 %", ">99 %"],
            [
                .. groups.Select((group, c) => (group, c)).Where(entry => entry.group.Count > 0).Select(entry => (ImmutableArray<string>)
                [
                    classes.Name(entry.c),
                    $"{entry.group.Count}",
                    Classes.Two(entry.group.Average(row => row.Tau)),
                    Classes.Percent(entry.group.Average(row => row.Discordant)),
                    Classes.Two(entry.group.Average(row => row.E90)),
                    Classes.Two(entry.group.Average(row => row.E95)),
                    Classes.Two(entry.group.Average(row => row.E99)),
                ]),
            ]);
    }

    private static (double Tau, double Discordant, double E90, double E95, double E99) Compare(double[] proxy, double[] target, Random random)
    {
        var excess = new List<double>(PairsOfDesigns);
        int concordant = 0;
        int discordant = 0;
        while (excess.Count < PairsOfDesigns)
        {
            int i = random.Next(proxy.Length);
            int j = random.Next(proxy.Length);
            double byProxy = proxy[i] - proxy[j];
            double byTarget = target[i] - target[j];
            if (i == j || double.IsNaN(byProxy) || double.IsNaN(byTarget))
            {
                continue;
            }

            concordant += byProxy * byTarget > 0 ? 1 : 0;
            discordant += byProxy * byTarget < 0 ? 1 : 0;
            excess.Add(byProxy < 0 ? Math.Max(0, (target[i] / target[j]) - 1) : Math.Max(0, (target[j] / target[i]) - 1));
        }

        excess.Sort();
        return ((concordant - discordant) / (double)PairsOfDesigns, discordant / (double)PairsOfDesigns, At(0.9), At(0.95), At(0.99));

        double At(double quantile) => excess[(int)(quantile * (excess.Count - 1))];
    }

    private static OneProxyTable Estimation(ImmutableArray<DeviceColumn> devices, int seeds)
    {
        var classes = new Classes(0.7, 0.8, 0.87, 0.9, 0.93, 0.97);
        var random = new Random(2);
        var errors = new List<(double Error, bool Passes)>[classes.Count, Sizes.Length];
        for (int i = 0; i < devices.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double truth = Spearman.Of(devices[i].Values, devices[j].Values, 1e-6);
                for (int s = 0; s < Sizes.Length; s++)
                {
                    List<(double Error, bool Passes)> list = errors[classes.Of(truth), s] ??= [];
                    for (int k = 0; k < SamplesPerPair * seeds; k++)
                    {
                        double estimate = Sample(devices[i].Values, devices[j].Values, Sizes[s], random);
                        list.Add((estimate - truth, estimate >= 0.9));
                    }
                }
            }
        }

        return new OneProxyTable(
            Section,
            "27 settings: standard deviation of the estimate from n random designs | share of estimates of at least 0.9",
            ["true rank correlation", .. Sizes.Select(size => $">n = {size}")],
            [
                .. Enumerable.Range(0, classes.Count).Where(c => errors[c, 0] is not null).Select(c => (ImmutableArray<string>)
                [
                    classes.Name(c),
                    .. Enumerable.Range(0, Sizes.Length).Select(s =>
                    {
                        double mean = errors[c, s].Average(entry => entry.Error);
                        double deviation = Math.Sqrt(errors[c, s].Average(entry => (entry.Error - mean) * (entry.Error - mean)));
                        return $"{Classes.Two(deviation)} | {Classes.Two(errors[c, s].Count(entry => entry.Passes) / (double)errors[c, s].Count)}";
                    }),
                ]),
            ]);
    }

    private static double Sample(double[] left, double[] right, int size, Random random)
    {
        var a = new double[size];
        var b = new double[size];
        for (int i = 0; i < size; i++)
        {
            int design = random.Next(left.Length);
            a[i] = left[design];
            b[i] = right[design];
        }

        double estimate = Spearman.Of(a, b, 1e-6);
        return double.IsNaN(estimate) ? 0 : estimate;
    }
}
