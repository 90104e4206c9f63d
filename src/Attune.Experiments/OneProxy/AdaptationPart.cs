using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Proxies;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>Adaptation from one proxy: rank correlation of adapted predictions on designs that were not measured, by the number of those that were.</summary>
internal static class AdaptationPart
{
    private const string Proxy = "MyriadVPU";
    private const string Section = "Adaptation from one proxy";
    private static readonly int[] Sizes = [10, 20, 30, 50, 70, 100];
    private static readonly string[] Methods = ["AdaProxy, paper's rule", "AdaProxy, ridge + CV", "no prior", "ours"];

    /// <summary>The paper's figure: adapted rank correlations from the Myriad VPU, cut off after two digits.</summary>
    private static readonly ImmutableArray<(string Target, double Published)> Published =
    [
        ("EdgeGPU", 0.92), ("Eyeriss", 0.98), ("FPGA", 0.99), ("Pixel3", 0.90), ("Raspi4", 0.91), ("Adreno630", 0.93), ("Adreno640", 0.93), ("CortexA76", 0.92),
        ("GTX1080Ti", 0.90), ("Kryo485", 0.96), ("Hexagon690", 0.91), ("Adreno640_eagle", 0.91), ("i7_7820X", 0.90), ("JetsonNano", 0.94),
        ("JetsonNano16", 0.90), ("EdgeTPU", 0.90),
    ];

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, int seeds, Action<string> report, CancellationToken cancellation)
    {
        DesignFolder small = data.Small;
        DeviceColumn proxy = small.Device(Proxy);
        var predictor = UnitPredictor.Fit(small.Units!, proxy.Values);
        var means = new double[Methods.Length, Sizes.Length, Published.Length];
        for (int t = 0; t < Published.Length; t++)
        {
            DeviceColumn target = small.Device(Published[t].Target);
            report($"adaptation from {Proxy} to {target.Name}, {t + 1} of {Published.Length}");
            var fleet = new FleetAdaptation([proxy], small.Units!, small.Structure, new Random(t));
            int[] runnable = [.. Enumerable.Range(0, small.Designs).Where(i => !double.IsNaN(target.Values[i]))];
            for (int s = 0; s < Sizes.Length; s++)
            {
                for (int seed = 1; seed <= seeds; seed++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var random = new Random((1000 * seed) + Sizes[s]);
                    int[] sample = [.. runnable];
                    random.Shuffle(sample);
                    sample = sample[..Sizes[s]];
                    double[] y = [.. sample.Select(i => target.Values[i])];
                    Add(0, sample, PaperRule(small.Units!, predictor, sample, y));
                    Add(1, sample, AdaptedProxy.From(small.Units!, predictor, sample, y, random).Predict(small.Units!));
                    Add(2, sample, WithoutPrior(small.Units!, sample, y, random));
                    int[] chosen = fleet.Choose(Sizes[s], runnable);
                    Add(3, chosen, fleet.Predict(chosen, [.. chosen.Select(i => target.Values[i])]).Latency);
                }

                void Add(int method, int[] sample, double[] predicted) => means[method, s, t] += Unmeasured(predicted, target.Values, runnable, sample) / seeds;
            }
        }

        return [Sweep(means, small, proxy), PerTarget(means, small, proxy)];
    }

    /// <summary>Rank correlation over the designs that were not measured.</summary>
    internal static double Unmeasured(double[] predicted, double[] truth, int[] runnable, int[] measured)
    {
        int[] rest = [.. runnable.Except(measured)];
        return Spearman.Of([.. rest.Select(i => predicted[i])], [.. rest.Select(i => truth[i])]);
    }

    private static OneProxyTable Sweep(double[,,] means, DesignFolder small, DeviceColumn proxy)
    {
        double raw = Published.Average(row => Spearman.Of(proxy.Values, small.Device(row.Target).Values, 1e-6));
        double[][] mean = [.. Enumerable.Range(0, Methods.Length).Select(
            m => Enumerable.Range(0, Sizes.Length).Select(s => Enumerable.Range(0, Published.Length).Average(t => means[m, s, t])).ToArray())];
        return new OneProxyTable(
            Section,
            $"Mean rank correlation over {Published.Length} targets on unmeasured designs, proxy {Proxy}; the raw proxy has {Classes.Three(raw)}",
            [">designs measured", .. Methods.Select(method => $">{method}"), ">targets of at least 0.9 (ridge + CV)", ">(ours)"],
            [
                .. Sizes.Select((size, s) => (ImmutableArray<string>)
                [
                    $"{size}",
                    .. mean.Select(row => Classes.Three(row[s])),
                    $"{Enumerable.Range(0, Published.Length).Count(t => means[1, s, t] >= 0.9)} of {Published.Length}",
                    $"{Enumerable.Range(0, Published.Length).Count(t => means[3, s, t] >= 0.9)} of {Published.Length}",
                ]),
            ])
        {
            Note = "Paper's rule: the penalty with the best rank correlation on a seventh held out. Ours: designs chosen instead of drawn, units after dead "
                + "branches are gone, and a Gaussian process beside the ridge.",
            Figures = ImmutableSortedDictionary.CreateRange(Sizes.Index().SelectMany(size => new[]
            {
                KeyValuePair.Create($"adaproxy_cv_{size.Item}", mean[1][size.Index]),
                KeyValuePair.Create($"one_proxy_ours_{size.Item}", mean[3][size.Index]),
            })),
        };
    }

    private static OneProxyTable PerTarget(double[,,] means, DesignFolder small, DeviceColumn proxy)
    {
        int at = Array.IndexOf(Sizes, 70);
        return new OneProxyTable(
            Section,
            $"Per target with {Sizes[at]} designs, beside the paper's figure",
            ["target", ">raw proxy", ">published AdaProxy", ">AdaProxy, ridge + CV", ">ours"],
            [
                .. Published.Select((row, t) => (ImmutableArray<string>)
                [
                    row.Target,
                    Classes.Two(Spearman.Of(proxy.Values, small.Device(row.Target).Values, 1e-6)),
                    Classes.Two(row.Published),
                    Classes.Two(means[1, at, t]),
                    Classes.Two(means[3, at, t]),
                ]),
            ])
        {
            Note = "The published value of EdgeTPU takes designs that do not compile for latencies of -1; ours leaves them out.",
        };
    }

    private static double[] PaperRule(DenseMatrix units, UnitPredictor proxy, int[] sample, double[] y)
    {
        double scale = y.Average();
        double[] raw = proxy.Predict(units);
        double mean = raw.Average();
        double[] weights = [.. proxy.Weights.ToArray().Select(weight => weight / mean)];
        double[] prior = [.. raw.Select(value => value / mean)];
        double[] scaled = [.. y.Select(value => value / scale)];
        DenseMatrix z = units.ScaledColumns(weights);
        int held = Math.Max(2, sample.Length / 7);
        int[] train = sample[held..];
        AdaptationFit[] path = RidgeAdaptation.Path(z.SelectRows(train), [.. train.Select(i => prior[i])], scaled.AsSpan(held), RidgeAdaptation.UsualPenalties);
        AdaptationFit best = path.MaxBy(fit =>
        {
            double rank = Spearman.Of([.. sample[..held].Select(i => fit.Predict(z.Row(i), prior[i]))], scaled.AsSpan(0, held));
            return double.IsNaN(rank) ? -1 : rank;
        })!;
        return RidgeAdaptation.Fit(z.SelectRows(sample), [.. sample.Select(i => prior[i])], scaled, best.Penalty).Predict(z, prior);
    }

    private static double[] WithoutPrior(DenseMatrix units, int[] sample, double[] y, Random random)
    {
        double scale = y.Average();
        var none = new double[units.Rows];
        return RidgeAdaptation.FitBest(
            units.SelectRows(sample),
            none.AsSpan(0, sample.Length),
            [.. y.Select(value => value / scale)],
            RidgeAdaptation.UsualPenalties,
            random).Predict(units, none);
    }
}
