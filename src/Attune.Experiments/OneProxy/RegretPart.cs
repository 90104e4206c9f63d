using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Pareto;
using Attune.Design.Proxies;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// Does it matter for the final accuracy: fronts of raw and of adapted proxies, with and without two more layers, against the true optimum of every budget.
/// </summary>
internal static class RegretPart
{
    private const int Samples = 50;
    private const int Budgets = 19;
    private const int Variants = 4;
    private static readonly Classes Groups = new(0.5, 0.6, 0.7, 0.8, 0.9, 0.97);
    private static readonly string[] Sets = ["cifar10", "cifar100", "imagenet16_120"];
    private static readonly string[] Names = ["raw proxy front", "raw three layers", "adapted front", "adapted three layers"];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, int seeds, CancellationToken cancellation)
    {
        double[][] accuracies = [.. Sets.Select(set => data.Small.Accuracies.First(column => column.Name == set).Values)];
        ImmutableDictionary<string, UnitPredictor> predictors = data.Predictors();
        var regret = new double[Groups.Count, Variants, Sets.Length];
        var volume = new double[Groups.Count, 2];
        var pairs = new int[Groups.Count];
        int seed = 0;
        foreach (DeviceColumn proxy in data.Small.Devices)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (DeviceColumn target in data.Small.Devices.Where(device => device != proxy))
            {
                double[] t = target.Values;
                int[] both = [.. Enumerable.Range(0, t.Length).Where(i => !double.IsNaN(proxy.Values[i]) && !double.IsNaN(t[i]))];
                double[] sorted = [.. both.Select(i => t[i]).Order()];
                int c = Groups.Of(Spearman.Of([.. both.Select(i => proxy.Values[i])], [.. both.Select(i => t[i])], 1e-6));
                pairs[c]++;
                for (int s = 0; s < Sets.Length; s++)
                {
                    double[] a = accuracies[s];
                    double[] optima = Optima(both, t, a, sorted);
                    // Which designs run on the target is found out by measuring: fronts are taken over all that run on the proxy.
                    int[] front = ParetoFront.Of(proxy.Values, a);
                    regret[c, 0, s] += Lost(front, t, a, sorted, optima);
                    regret[c, 1, s] += Lost(ParetoFront.Union(proxy.Values, a, 3), t, a, sorted, optima);
                    volume[c, 0] += s == 1 ? Share(front, both, t, a) : 0;
                }

                for (int sample = 0; sample < seeds; sample++)
                {
                    double[] adapted = Adapted(data, predictors[proxy.Name], proxy, target, both, new Random(++seed));
                    for (int s = 0; s < Sets.Length; s++)
                    {
                        double[] a = accuracies[s];
                        double[] optima = Optima(both, t, a, sorted);
                        int[] front = ParetoFront.Of(adapted, a);
                        regret[c, 2, s] += Lost(front, t, a, sorted, optima) / seeds;
                        regret[c, 3, s] += Lost(ParetoFront.Union(adapted, a, 3), t, a, sorted, optima) / seeds;
                        volume[c, 1] += s == 1 ? Share(front, both, t, a) / seeds : 0;
                    }
                }
            }
        }

        return
        [
            new OneProxyTable(
                "Accuracy that is lost",
                $"306 ordered device pairs, {Budgets} budgets from 5 % to 95 % of the target's latencies; points lost on CIFAR-10 | CIFAR-100 | "
                + $"ImageNet16-120; adapted with {Samples} random designs, mean of {seeds} samples; hypervolume on CIFAR-100 against the true front",
                ["rank correlation", ">pairs", .. Names.Select(name => $">{name}"), ">hypervolume raw | adapted"],
                [
                    .. Enumerable.Range(0, Groups.Count).Where(c => pairs[c] > 0).Select(c => (ImmutableArray<string>)
                    [
                        Groups.Name(c),
                        $"{pairs[c]}",
                        .. Enumerable.Range(0, Variants).Select(
                            v => string.Join(" | ", Enumerable.Range(0, Sets.Length).Select(s => Classes.Two(regret[c, v, s] / pairs[c])))),
                        $"{Classes.Three(volume[c, 0] / pairs[c])} | {Classes.Three(volume[c, 1] / pairs[c])}",
                    ]),
                ])
            {
                Note = "Fronts are those of all designs that run on the proxy; what does not run on the target is dropped after measuring. A budget that no "
                    + "candidate meets counts as accuracy 0. Rule: from 0.97 the proxy's front, from 0.9 its three layers, below that "
                    + "adapted with three layers.",
                Figures = ImmutableSortedDictionary.CreateRange(
                    from c in Enumerable.Range(0, Groups.Count)
                    from v in Enumerable.Range(0, Variants)
                    from s in Enumerable.Range(0, Sets.Length)
                    select KeyValuePair.Create($"lost_{c}_{v}_{Sets[s]}", regret[c, v, s] / pairs[c])),
            },
        ];
    }

    private static double[] Adapted(OneProxyData data, UnitPredictor predictor, DeviceColumn proxy, DeviceColumn target, int[] runnable, Random random)
    {
        int[] sample = [.. runnable];
        random.Shuffle(sample);
        sample = sample[..Samples];
        double[] predicted = AdaptedProxy.From(
            data.Small.Units!, predictor, sample, [.. sample.Select(i => target.Values[i])], random).Predict(data.Small.Units!);
        // Designs whose latency is known on the target are not predicted; those that do not even run on the proxy are not proposed.
        foreach (int design in sample)
        {
            predicted[design] = target.Values[design];
        }

        return [.. predicted.Select((value, i) => double.IsNaN(proxy.Values[i]) ? double.NaN : value)];
    }

    private static double Share(int[] front, int[] runnable, double[] target, double[] accuracy)
    {
        double min = Quantiles.Of([.. runnable.Select(i => accuracy[i]).Order()], 0.25);
        double max = runnable.Max(i => target[i]);
        return Design.Pareto.Hypervolume.Of(front, target, accuracy, max, min) / Design.Pareto.Hypervolume.Of(runnable, target, accuracy, max, min);
    }

    private static double[] Optima(int[] runnable, double[] target, double[] accuracy, double[] sorted)
    {
        int[] best = ParetoFront.Among(runnable, target, accuracy);
        return [.. Enumerable.Range(1, Budgets).Select(b => accuracy[ParetoFront.Best(best, target, accuracy, Quantiles.Of(sorted, 0.05 * b))])];
    }

    private static double Lost(int[] candidates, double[] target, double[] accuracy, double[] sorted, double[] optima)
    {
        double lost = 0;
        for (int b = 1; b <= Budgets; b++)
        {
            int best = ParetoFront.Best(candidates, target, accuracy, Quantiles.Of(sorted, 0.05 * b));
            lost += optima[b - 1] - (best < 0 ? 0 : accuracy[best]);
        }

        return lost / Budgets;
    }
}
