using System.Collections.Immutable;
using Attune.Design.Proxies;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>Predictors over pairs of design and device on devices that no training saw, from ten latencies each.</summary>
internal static class ScalablePart
{
    private const int MoreDesigns = 30;
    private const double Near = 0.1;

    /// <summary>What HELP's authors report for the same devices with ten latencies.</summary>
    private static readonly ImmutableArray<double> PublishedHelp = [0.987, 0.989, 0.985, 0.802, 0.890, 0.940];

    public static ImmutableArray<OneProxyTable> Of(ScalableSetting setting)
    {
        int designs = setting.Full.Designs;
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        var sums = new double[4];
        var random = new Random(3);
        var fleet = new FleetAdaptation([.. ScalableSetting.Known.Select(setting.Full.Device)], setting.Full.Units!, setting.Full.Structure, random);
        for (int d = 0; d < ScalableSetting.Unseen.Length; d++)
        {
            string name = ScalableSetting.Unseen[d];
            double[] truth = setting.Full.Device(name).Values;
            (double[] mean, _) = setting.Predictor.Predict(setting.Full.Units!, setting.EmbeddingOf(name));
            int[] more = [.. setting.ReferenceDesigns, .. Enumerable.Range(0, MoreDesigns).Select(_ => random.Next(designs))];
            double[] refitted = setting.Predictor.PredictRefitted(
                setting.Full.Units!, setting.EmbeddingOf(name), setting.Full.Units!.SelectRows(more), [.. more.Select(i => truth[i])]);
            double[] adapted = fleet.Predict(setting.ReferenceDesigns, [.. setting.ReferenceDesigns.Select(i => truth[i])]).Latency;
            double near = Enumerable.Range(0, designs).Count(i => Math.Abs(Math.Exp(mean[i]) - truth[i]) <= Near * truth[i]) / (double)designs;
            double[] ranks = [Spearman.Of(mean, truth, 1e-9), Spearman.Of(refitted, truth, 1e-9), Spearman.Of(adapted, truth, 1e-9), PublishedHelp[d]];
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += ranks[i] / ScalableSetting.Unseen.Length;
            }

            rows.Add([name, Classes.Three(ranks[0]), Classes.Percent(near), Classes.Three(ranks[1]), Classes.Three(ranks[2]), Classes.Three(ranks[3])]);
        }

        rows.Add(["mean", Classes.Three(sums[0]), string.Empty, Classes.Three(sums[1]), Classes.Three(sums[2]), Classes.Three(sums[3])]);
        return
        [
            new OneProxyTable(
                "Scalable predictor",
                $"Rank correlation on all {designs} designs of devices that no training saw; {ScalableSetting.Known.Length} known devices, "
                + $"{ScalableSetting.DesignsPerDevice} designs each, {ScalableSetting.References} latencies of the unseen device",
                ["unseen device", ">network", ">within 10 %", $">refitted with {MoreDesigns} more", ">fleet adaptation, same ten", ">published (HELP)"],
                rows.ToImmutable())
            {
                Note = "The published mean of a predictor trained anew with 900 latencies of every device is 0.789, that of FLOPs 0.787.",
                Figures = ImmutableSortedDictionary<string, double>.Empty.Add("scalable_mean", sums[0])
                    .Add("scalable_refitted_mean", sums[1])
                    .Add("fleet_ten_mean", sums[2]),
            },
        ];
    }
}
