using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Numerics;

namespace Attune.Design.Ranking;

/// <summary>Rank correlations of all pairs of devices, and what they say of the fleet. Immutable.</summary>
/// <param name="Devices">Names, in the order of rows and columns.</param>
/// <param name="Values">Row-major; NaN for pairs without common designs and for constant devices.</param>
public sealed record RankMatrix(ImmutableArray<string> Devices, double[] Values)
{
    /// <summary>One correlation.</summary>
    public double this[int row, int column] => Values[(row * Devices.Length) + column];

    /// <summary>Computes the matrix.</summary>
    /// <param name="devices">Devices over the same designs.</param>
    /// <param name="resolution">Rounding before ranking, milliseconds; 1e-6 takes the noise of number formats away.</param>
    public static RankMatrix Of(ImmutableArray<DeviceColumn> devices, double resolution = 1e-6)
    {
        int n = devices.Length;
        var values = new double[n * n];
        // Ranks are shared by all pairs of complete devices; pairs with gaps are ranked on their common designs.
        double[]?[] ranks = [.. devices.Select(device => device.Measured == device.Values.Length ? Ranks.Of(device.Values, resolution) : null)];
        for (int i = 0; i < n; i++)
        {
            values[(i * n) + i] = devices[i].IsConstant ? double.NaN : 1;
            for (int j = 0; j < i; j++)
            {
                double correlation = ranks[i] is { } left && ranks[j] is { } right
                    ? Spearman.OfRanks(left, right)
                    : Spearman.Of(devices[i].Values, devices[j].Values, resolution);
                values[(i * n) + j] = correlation;
                values[(j * n) + i] = correlation;
            }
        }

        return new RankMatrix([.. devices.Select(device => device.Name)], values);
    }

    /// <summary>Correlations of all different pairs that have one.</summary>
    public double[] Pairs()
    {
        var pairs = new List<double>();
        for (int i = 0; i < Devices.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (!double.IsNaN(this[i, j]))
                {
                    pairs.Add(this[i, j]);
                }
            }
        }

        return [.. pairs];
    }

    /// <summary>Devices by their mean correlation with all others, best first: the first is the proxy to have when only one can be had.</summary>
    public ImmutableArray<(string Device, double Mean)> ByMean() =>
        [.. Enumerable.Range(0, Devices.Length)
            .Select(i => (Device: Devices[i], Mean: Enumerable.Range(0, Devices.Length).Where(
                j => j != i && !double.IsNaN(this[i, j])).Select(j => this[i, j]).DefaultIfEmpty(double.NaN).Average()))
            .OrderByDescending(entry => double.IsNaN(entry.Mean) ? double.NegativeInfinity : entry.Mean)];
}
