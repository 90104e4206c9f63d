using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Design.Ranking;

namespace Attune.Experiments.OneProxy;

/// <summary>What is lost when a proxy's front is taken to a target: accuracy against the true optimum of every budget, by the number of designs measured there.</summary>
internal static class BudgetPart
{
    private static readonly Classes Groups = new(0.6, 0.8, 0.9, 0.97);

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, CancellationToken cancellation)
    {
        double[] accuracy = data.Small.Accuracies.First(column => column.Name == "cifar100").Values;
        var sums = new Tally[Groups.Count];
        for (int c = 0; c < sums.Length; c++)
        {
            sums[c] = new Tally();
        }

        foreach (DeviceColumn proxy in data.Small.Devices)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (DeviceColumn target in data.Small.Devices.Where(device => device != proxy))
            {
                int[] both = [.. Enumerable.Range(0, accuracy.Length).Where(i => !double.IsNaN(proxy.Values[i]) && !double.IsNaN(target.Values[i]))];
                double[] p = [.. both.Select(i => proxy.Values[i])];
                double[] t = [.. both.Select(i => target.Values[i])];
                double[] a = [.. both.Select(i => accuracy[i])];
                Transfer(p, t, a, sums[Groups.Of(Spearman.Of(p, t, 1e-6))]);
            }
        }

        return
        [
            new OneProxyTable(
                "Transfer of a proxy's front",
                "306 ordered device pairs, 18 budgets, CIFAR-100: designs measured | accuracy lost in points, over budgets that the method met",
                ["rank correlation", ">bisection", ">with window", ">whole front", ">three layers", ">bisection meets no budget"],
                [
                    .. sums.Select((tally, c) => (ImmutableArray<string>)
                    [
                        Groups.Name(c),
                        .. Enumerable.Range(0, Tally.Methods).Select(m => $"{Classes.Number(tally.Measured[m] / tally.Queries, "0.0")} | {Classes.Two(tally.Regret[m] / tally.Met[m])}"),
                        Classes.Percent(1 - (tally.Met[0] / tally.Queries)),
                    ]),
                ])
            {
                Note = "Budgets are the 18 quantiles from 10 % to 95 % of the target's latencies. Bisection is right only under strong monotonicity; the union of three layers is the cheapest insurance.",
                Figures = ImmutableSortedDictionary.CreateRange(sums.Index().SelectMany(entry => Enumerable.Range(0, Tally.Methods).Select(m => KeyValuePair.Create($"regret_{entry.Index}_{m}", entry.Item.Regret[m] / entry.Item.Met[m])))),
            },
        ];
    }

    private static void Transfer(double[] proxy, double[] target, double[] accuracy, Tally tally)
    {
        int[][] layers = ParetoFront.Layers(proxy, accuracy, 3);
        int[] front = layers[0];
        int[] union = [.. layers.SelectMany(layer => layer)];
        int[] all = [.. Enumerable.Range(0, target.Length)];
        double[] sorted = [.. target.Order()];
        for (int b = 0; b < 18; b++)
        {
            double budget = Quantile(sorted, 0.1 + (0.05 * b));
            double optimum = accuracy[ParetoFront.Best(all, target, accuracy, budget)];
            BisectionResult plain = BudgetBisection.Search(front, accuracy, budget, design => target[design], window: false);
            BisectionResult window = BudgetBisection.Search(front, accuracy, budget, design => target[design]);
            tally.Queries++;
            tally.Add(0, plain.Measurements, plain.Design < 0 ? double.NaN : optimum - accuracy[plain.Design]);
            tally.Add(1, window.Measurements, window.Design < 0 ? double.NaN : optimum - accuracy[window.Design]);
            tally.Add(2, front.Length, Lost(front));
            tally.Add(3, union.Length, Lost(union));

            double Lost(int[] candidates) => ParetoFront.Best(candidates, target, accuracy, budget) is >= 0 and int best ? optimum - accuracy[best] : double.NaN;
        }
    }

    /// <summary>Quantile of sorted values with linear interpolation between them.</summary>
    internal static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int low = Math.Min(sorted.Length - 1, (int)at);
        int high = Math.Min(sorted.Length - 1, low + 1);
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }

    private sealed class Tally
    {
        public const int Methods = 4;

        public double Queries { get; set; }

        public double[] Measured { get; } = new double[Methods];

        public double[] Regret { get; } = new double[Methods];

        public double[] Met { get; } = new double[Methods];

        public void Add(int method, int measured, double regret)
        {
            Measured[method] += measured;
            if (!double.IsNaN(regret))
            {
                Regret[method] += regret;
                Met[method]++;
            }
        }
    }
}
