using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// What is lost when a proxy's front is taken to a target: accuracy against the true optimum of every budget, by the number of designs measured there.
/// </summary>
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
                // The proxy does not know which designs run on the target: its front is taken over all that run on the proxy.
                Transfer(proxy.Values, target.Values, accuracy, sums[Groups.Of(Spearman.Of(proxy.Values, target.Values, 1e-6))]);
            }
        }

        return
        [
            new OneProxyTable(
                "Transfer of a proxy's front",
                "306 ordered device pairs, 18 budgets, CIFAR-100: designs measured | accuracy lost in points, over budgets that the method met",
                [
                    "rank correlation", ">bisection", ">with window", ">bisection that passes over", ">with window", ">whole front", ">three layers",
                    ">bisection meets no budget",
                ],
                [
                    .. sums.Select((tally, c) => (ImmutableArray<string>)
                    [
                        Groups.Name(c),
                        .. Enumerable.Range(0, Tally.Methods).Select(
                            m => $"{Classes.Number(tally.Measured[m] / tally.Queries, "0.0")} | {Classes.Two(tally.Regret[m] / tally.Met[m])}"),
                        Classes.Percent(1 - (tally.Met[0] / tally.Queries)),
                    ]),
                ])
            {
                Note = "Budgets are the 18 quantiles from 10 % to 95 % of the target's latencies. The front is that of all designs that run on the proxy. "
                    + "Bisection is right only under strong monotonicity; as the papers have it, a design that does not run on the target counts as too slow, "
                    + "while the one that passes over asks the next cheaper design instead. The union of three layers is the cheapest insurance.",
                Figures = ImmutableSortedDictionary.CreateRange(sums.Index().SelectMany(entry => Enumerable.Range(0, Tally.Methods).Select(
                    m => KeyValuePair.Create($"regret_{entry.Index}_{m}", entry.Item.Regret[m] / entry.Item.Met[m])))),
            },
        ];
    }

    private static void Transfer(double[] proxy, double[] target, double[] accuracy, Tally tally)
    {
        int[][] layers = ParetoFront.Layers(proxy, accuracy, 3);
        int[] front = layers[0];
        int[] union = [.. layers.SelectMany(layer => layer)];
        int[] all = [.. Enumerable.Range(0, target.Length).Where(i => !double.IsNaN(proxy[i]) && !double.IsNaN(target[i]))];
        double[] sorted = [.. all.Select(i => target[i]).Order()];
        for (int b = 0; b < 18; b++)
        {
            double budget = Quantiles.Of(sorted, 0.1 + (0.05 * b));
            double optimum = accuracy[ParetoFront.Best(all, target, accuracy, budget)];
            tally.Queries++;
            Bisect(0, window: false, skips: false);
            Bisect(1, window: true, skips: false);
            Bisect(2, window: false, skips: true);
            Bisect(3, window: true, skips: true);
            tally.Add(4, front.Length, Lost(front));
            tally.Add(5, union.Length, Lost(union));

            void Bisect(int method, bool window, bool skips)
            {
                BisectionResult found = BudgetBisection.Search(front, accuracy, budget, design => target[design], window, skips);
                tally.Add(method, found.Measurements, found.Design < 0 ? double.NaN : optimum - accuracy[found.Design]);
            }

            double Lost(int[] candidates) =>
                ParetoFront.Best(candidates, target, accuracy, budget) is >= 0 and int best ? optimum - accuracy[best] : double.NaN;
        }
    }

    private sealed class Tally
    {
        public const int Methods = 6;

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
