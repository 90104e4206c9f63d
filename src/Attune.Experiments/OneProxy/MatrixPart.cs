using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Ranking;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>Heat maps of rank correlation and what they say of each set of devices (figures of the SIGMETRICS and tinyML papers).</summary>
internal static class MatrixPart
{
    private const string Section = "Rank correlation between devices";

    /// <summary>Correlations that the SIGMETRICS paper prints for the whole space, cut off after two digits.</summary>
    private static readonly ImmutableArray<(string Other, double Published)> PublishedPixel3 = [("raspi4", 0.96), ("eyeriss", 0.72), ("fpga", 0.87)];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data)
    {
        var tables = ImmutableArray.CreateBuilder<OneProxyTable>();
        var summary = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        Add("18 devices, 1999 designs of NAS-Bench-201", data.Small.Devices, "small");
        if (data.Full is { } full)
        {
            RankMatrix matrix = Add("27 device and batch settings, all 15625 designs", full.Devices, "full");
            tables.Add(new OneProxyTable(
                Section,
                "Pixel 3 against others on the whole space, ours beside the SIGMETRICS paper's figure (which cuts off after two digits)",
                ["device", ">ours", ">published"],
                [.. PublishedPixel3.Select(row => (ImmutableArray<string>)[row.Other, Classes.Three(
                    matrix[matrix.Devices.IndexOf("pixel3"), matrix.Devices.IndexOf(row.Other)]), Classes.Two(row.Published)])]));
        }

        if (data.Simulated is { } simulated)
        {
            Add(
                "simulated accelerators, latency, 1018 designs of NAS-Bench-301",
                [.. simulated.Devices.Where(device => device.Name.StartsWith("cycles_"))],
                "accelerators");
            Add("simulated accelerators, energy", [.. simulated.Devices.Where(device => device.Name.StartsWith("energy_"))], "energy");
        }

        tables.Add(new OneProxyTable(
            Section,
            "Summary: one proxy is enough inside a class of devices, not across classes",
            ["devices", ">pairs", ">mean", ">median", ">least", ">at least 0.9", "best proxy by mean"],
            summary.ToImmutable()));
        return tables.ToImmutable();

        RankMatrix Add(string name, ImmutableArray<DeviceColumn> devices, string key)
        {
            var matrix = RankMatrix.Of(devices);
            double[] pairs = matrix.Pairs();
            Array.Sort(pairs);
            (string best, double mean) = matrix.ByMean()[0];
            summary.Add(
                [name, $"{pairs.Length}", Classes.Three(pairs.Average()), Classes.Three(Quantiles.Of(pairs, 0.5)), Classes.Three(pairs[0]), Classes.Percent(
                    pairs.Count(pair => pair >= 0.9) / (double)pairs.Length), $"{best} {Classes.Three(mean)}"]);
            tables.Add(new OneProxyTable(Section, name, [], [])
            {
                MatrixLabels = matrix.Devices,
                Matrix = [.. matrix.Values],
                Figures = ImmutableSortedDictionary<string, double>.Empty.Add($"mean_srcc_{key}", pairs.Average()).Add($"least_srcc_{key}", pairs[0]),
            });
            return matrix;
        }
    }
}
