using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>One accelerator's front for all accelerators of a co-design (tinyML 2022), on simulated latencies and energies.</summary>
internal static class CodesignPart
{
    public static ImmutableArray<OneProxyTable> Of(OneProxyData data)
    {
        if (data.Simulated is not { } simulated)
        {
            return [];
        }

        double[] accuracy = simulated.Accuracies[0].Values;
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        double maxLost = 0;
        double minVolume = 1;
        foreach (string kind in new[] { "cycles_", "energy_" })
        {
            ImmutableArray<DeviceColumn> devices = [.. simulated.Devices.Where(device => device.Name.StartsWith(kind))];
            foreach (DeviceColumn proxy in devices)
            {
                int[] front = ParetoFront.Of(proxy.Values, accuracy);
                double lost = 0;
                double volume = 1;
                foreach (DeviceColumn target in devices.Where(device => device != proxy))
                {
                    lost = Math.Max(lost, Lost(front, target.Values, accuracy));
                    volume = Math.Min(volume, Volume(front, target.Values, accuracy));
                }

                maxLost = Math.Max(maxLost, lost);
                minVolume = Math.Min(minVolume, volume);
                rows.Add([proxy.Name, $"{front.Length}", Classes.Number(lost, "0.0000"), Classes.Three(volume)]);
            }
        }

        return
        [
            new OneProxyTable(
                "Co-design of networks and accelerators",
                "The front of one accelerator taken to every other: worst case over targets",
                ["front of", ">designs", ">mean accuracy lost, points", ">hypervolume"],
                rows.ToImmutable())
            {
                Note = "Rank correlations between simulated accelerators are 0.97 and more, so one search serves all of them.",
                Figures = ImmutableSortedDictionary<string, double>.Empty.Add("codesign_most_lost", maxLost).Add("codesign_least_volume", minVolume),
            },
        ];
    }

    private static double Lost(int[] front, double[] target, double[] accuracy)
    {
        const int Budgets = 19;
        int[] all = [.. Enumerable.Range(0, target.Length)];
        double[] sorted = [.. target.Order()];
        double lost = 0;
        int met = 0;
        for (int b = 1; b <= Budgets; b++)
        {
            double budget = Quantiles.Of(sorted, 0.05 * b);
            if (ParetoFront.Best(front, target, accuracy, budget) is >= 0 and int best)
            {
                lost += accuracy[ParetoFront.Best(all, target, accuracy, budget)] - accuracy[best];
                met++;
            }
        }

        return met == 0 ? double.NaN : lost / met;
    }

    private static double Volume(int[] front, double[] target, double[] accuracy)
    {
        double min = Quantiles.Of([.. accuracy.Order()], 0.25);
        return Design.Pareto.Hypervolume.Of(front, target, accuracy, target.Max(), min) / Design.Pareto.Hypervolume.Of(
            [.. Enumerable.Range(0, target.Length)], target, accuracy, target.Max(), min);
    }
}
