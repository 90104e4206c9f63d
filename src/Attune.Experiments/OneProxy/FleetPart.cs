using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Proxies;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>Adaptation from a pool of devices: every device in turn is the target of all others, copies left out.</summary>
internal static class FleetPart
{
    private const string Section = "Adaptation from several devices";
    private static readonly int[] Sizes = [10, 20, 30, 50, 100];
    private static readonly string[] Methods =
    [
        "best single proxy", "AdaProxy from it", "stack", "stack + residual ridge", "our stack + ridge", "ours, random designs", "ours, chosen designs",
    ];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, int seeds, Action<string> report, CancellationToken cancellation)
    {
        ImmutableArray<DeviceColumn> devices = data.Distinct;
        DenseMatrix units = data.Small.Units!;
        var ranks = new double[Methods.Length, Sizes.Length, devices.Length];
        var bestRaw = new double[devices.Length];
        for (int t = 0; t < devices.Length; t++)
        {
            DeviceColumn target = devices[t];
            report($"adaptation from several devices to {target.Name}, {t + 1} of {devices.Length}");
            ImmutableArray<DeviceColumn> pool = devices.Remove(target);
            bestRaw[t] = pool.Max(proxy => Spearman.Of(proxy.Values, target.Values, 1e-6));
            int[] runnable = [.. Enumerable.Range(0, units.Rows).Where(i => !double.IsNaN(target.Values[i]))];
            var fleet = new FleetAdaptation(pool, units, data.Small.Structure, new Random(t + 1));
            UnitPredictor[] predictors = [.. pool.Select(proxy => UnitPredictor.Fit(units, proxy.Values))];
            DenseMatrix stack = Stack(pool, predictors, units);
            for (int s = 0; s < Sizes.Length; s++)
            {
                for (int seed = 1; seed <= seeds; seed++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var random = new Random((100_000 * t) + (1000 * seed) + Sizes[s]);
                    int[] sample = [.. runnable];
                    random.Shuffle(sample);
                    sample = sample[..Sizes[s]];
                    double[] y = [.. sample.Select(i => target.Values[i])];
                    int best = Enumerable.Range(0, pool.Length).MaxBy(q => Spearman.Of([.. sample.Select(i => stack[i, q])], y));
                    Add(0, sample, [.. Enumerable.Range(0, units.Rows).Select(i => stack[i, best])]);
                    Add(1, sample, AdaptedProxy.From(units, predictors[best], sample, y, random).Predict(units));
                    (double[] stacked, double[] corrected) = StackAndRidge(stack, units, sample, y, random);
                    Add(2, sample, stacked);
                    Add(3, sample, corrected);
                    FleetPrediction ours = fleet.Predict(sample, y);
                    Add(4, sample, ours.Stacked);
                    Add(5, sample, ours.Latency);
                    int[] chosen = fleet.Choose(Sizes[s], runnable);
                    Add(6, chosen, fleet.Predict(chosen, [.. chosen.Select(i => target.Values[i])]).Latency);
                }

                void Add(int method, int[] sample, double[] predicted) =>
                    ranks[method, s, t] += AdaptationPart.Unmeasured(predicted, target.Values, runnable, sample) / seeds;
            }
        }

        return [Sweep(ranks, devices.Length), PerTarget(ranks, devices, bestRaw)];
    }

    private static OneProxyTable Sweep(double[,,] ranks, int targets)
    {
        double Mean(int m, int s) => Enumerable.Range(0, targets).Average(t => ranks[m, s, t]);
        double Worst(int m, int s) => Enumerable.Range(0, targets).Min(t => ranks[m, s, t]);
        return new OneProxyTable(
            Section,
            $"Rank correlation on unmeasured designs over {targets} targets, each with all others as proxies: mean | worst target",
            [">designs measured", .. Methods.Select(method => $">{method}")],
            [.. Sizes.Select((size, s) => (ImmutableArray<string>)[$"{size}", .. Enumerable.Range(0, Methods.Length).Select(
                m => $"{Classes.Three(Mean(m, s))} | {Classes.Two(Worst(m, s))}")])])
        {
            Note = "Our stack + ridge: corrections for all units, for those left after dead branches are gone, for both, and the best device as it is, "
                + "weighted by their errors on designs left out. Ours: the weighted mean of that and of a Gaussian process over what the fleet shares; chosen "
                + "designs come from transductive experimental design, before anything is measured.",
            Figures = ImmutableSortedDictionary.CreateRange(Sizes.Index().SelectMany(size => new[]
            {
                KeyValuePair.Create($"stack_ridge_{size.Item}", Mean(3, size.Index)),
                KeyValuePair.Create($"our_stack_ridge_{size.Item}", Mean(4, size.Index)),
                KeyValuePair.Create($"fleet_random_{size.Item}", Mean(5, size.Index)),
                KeyValuePair.Create($"fleet_chosen_{size.Item}", Mean(6, size.Index)),
                KeyValuePair.Create($"fleet_chosen_worst_{size.Item}", Worst(6, size.Index)),
            })),
        };
    }

    private static OneProxyTable PerTarget(double[,,] ranks, ImmutableArray<DeviceColumn> devices, double[] bestRaw)
    {
        int at = Array.IndexOf(Sizes, 50);
        int small = Array.IndexOf(Sizes, 20);
        return new OneProxyTable(
            Section,
            "Per target: the best raw proxy of all, known only in hindsight, and ours",
            ["target", ">best raw proxy", ">ours, 20 designs", ">ours, 50 designs"],
            [.. devices.Select(
                (device, t) =>
                    (ImmutableArray<string>)[device.Name, Classes.Three(bestRaw[t]), Classes.Three(ranks[6, small, t]), Classes.Three(ranks[6, at, t])])])
        {
            Figures = ImmutableSortedDictionary<string, double>.Empty
                .Add("targets_below_best_raw_50", Enumerable.Range(0, devices.Length).Count(t => ranks[6, at, t] < bestRaw[t]))
                .Add("least_gain_over_best_raw_50", Enumerable.Range(0, devices.Length).Min(t => ranks[6, at, t] - bestRaw[t])),
        };
    }

    private static DenseMatrix Stack(ImmutableArray<DeviceColumn> pool, UnitPredictor[] predictors, DenseMatrix units)
    {
        var stack = new DenseMatrix(units.Rows, pool.Length);
        for (int q = 0; q < pool.Length; q++)
        {
            double mean = pool[q].Mean;
            for (int i = 0; i < units.Rows; i++)
            {
                double latency = pool[q].Values[i];
                stack[i, q] = (double.IsNaN(latency) ? predictors[q].Predict(units.Row(i)) : latency) / mean;
            }
        }

        return stack;
    }

    private static (double[] Stacked, double[] Corrected) StackAndRidge(DenseMatrix stack, DenseMatrix units, int[] sample, double[] y, Random random)
    {
        double scale = y.Average();
        double[] scaled = [.. y.Select(value => value / scale)];
        double[] prior = stack.Times(ProxyStack.BestWeights(stack.SelectRows(sample), scaled, random));
        AdaptationFit fit = RidgeAdaptation.FitBest(
            units.SelectRows(sample), [.. sample.Select(i => prior[i])], scaled, RidgeAdaptation.UsualPenalties, random);
        return (prior, fit.Predict(units, prior));
    }
}
