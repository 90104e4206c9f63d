using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Pareto;
using Attune.Design.Proxies;
using Attune.Design.Ranking;

namespace Attune.Experiments.OneProxy;

/// <summary>Does it matter for the final accuracy: fronts of raw and of adapted proxies, with and without two more layers, against the true optimum of every budget.</summary>
internal static class RegretPart
{
    private const int Samples = 50;
    private const int Budgets = 19;
    private const int Variants = 4;
    private static readonly Classes Groups = new(0.5, 0.6, 0.7, 0.8, 0.9, 0.97);
    private static readonly string[] Sets = ["cifar10", "cifar100", "imagenet16_120"];
    private static readonly string[] Names = ["raw proxy front", "raw three layers", "adapted front", "adapted three layers"];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, CancellationToken cancellation)
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
                int[] both = [.. Enumerable.Range(0, target.Values.Length).Where(i => !double.IsNaN(proxy.Values[i]) && !double.IsNaN(target.Values[i]))];
                double[] t = [.. both.Select(i => target.Values[i])];
                double[] p = [.. both.Select(i => proxy.Values[i])];
                int c = Groups.Of(Spearman.Of(p, t, 1e-6));
                pairs[c]++;
                double[] adapted = Adapted(data, predictors[proxy.Name], target, both, new Random(++seed));
                for (int s = 0; s < Sets.Length; s++)
                {
                    double[] a = [.. both.Select(i => accuracies[s][i])];
                    int[][] fronts = [ParetoFront.Of(p, a), ParetoFront.Union(p, a, 3), ParetoFront.Of(adapted, a), ParetoFront.Union(adapted, a, 3)];
                    for (int v = 0; v < Variants; v++)
                    {
                        regret[c, v, s] += Lost(fronts[v], t, a);
                    }

                    if (s == 1)
                    {
                        double least = BudgetPart.Quantile([.. a.Order()], 0.25);
                        double full = Design.Pareto.Hypervolume.Of([.. Enumerable.Range(0, t.Length)], t, a, t.Max(), least);
                        volume[c, 0] += Design.Pareto.Hypervolume.Of(fronts[0], t, a, t.Max(), least) / full;
                        volume[c, 1] += Design.Pareto.Hypervolume.Of(fronts[2], t, a, t.Max(), least) / full;
                    }
                }
            }
        }

        return
        [
            new OneProxyTable(
                "Accuracy that is lost",
                $"306 ordered device pairs, {Budgets} budgets from 5 % to 95 % of the target's latencies; points lost on CIFAR-10 | CIFAR-100 | ImageNet16-120; adapted with {Samples} random designs; hypervolume on CIFAR-100 against the true front",
                ["rank correlation", ">pairs", .. Names.Select(name => $">{name}"), ">hypervolume raw | adapted"],
                [
                    .. Enumerable.Range(0, Groups.Count).Where(c => pairs[c] > 0).Select(c => (ImmutableArray<string>)
                    [
                        Groups.Name(c),
                        $"{pairs[c]}",
                        .. Enumerable.Range(0, Variants).Select(v => string.Join(" | ", Enumerable.Range(0, Sets.Length).Select(s => Classes.Two(regret[c, v, s] / pairs[c])))),
                        $"{Classes.Three(volume[c, 0] / pairs[c])} | {Classes.Three(volume[c, 1] / pairs[c])}",
                    ]),
                ])
            {
                Note = "A budget that no candidate meets counts as accuracy 0. Rule: from 0.97 the proxy's front, from 0.9 its three layers, below that adapted with three layers.",
                Figures = ImmutableSortedDictionary.CreateRange(
                    from c in Enumerable.Range(0, Groups.Count)
                    from v in Enumerable.Range(0, Variants)
                    from s in Enumerable.Range(0, Sets.Length)
                    select KeyValuePair.Create($"lost_{c}_{v}_{Sets[s]}", regret[c, v, s] / pairs[c])),
            },
        ];
    }

    private static double[] Adapted(OneProxyData data, UnitPredictor proxy, DeviceColumn target, int[] runnable, Random random)
    {
        int[] sample = [.. runnable];
        random.Shuffle(sample);
        sample = sample[..Samples];
        double[] predicted = AdaptedProxy.From(data.Small.Units!, proxy, sample, [.. sample.Select(i => target.Values[i])], random).Predict(data.Small.Units!);
        // Designs whose latency is known on the target are not predicted.
        foreach (int design in sample)
        {
            predicted[design] = target.Values[design];
        }

        return [.. runnable.Select(i => predicted[i])];
    }

    private static double Lost(int[] candidates, double[] target, double[] accuracy)
    {
        int[] all = [.. Enumerable.Range(0, target.Length)];
        double[] sorted = [.. target.Order()];
        double lost = 0;
        for (int b = 1; b <= Budgets; b++)
        {
            double budget = BudgetPart.Quantile(sorted, 0.05 * b);
            int best = ParetoFront.Best(candidates, target, accuracy, budget);
            lost += accuracy[ParetoFront.Best(all, target, accuracy, budget)] - (best < 0 ? 0 : accuracy[best]);
        }

        return lost / Budgets;
    }
}
