using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Proxies;
using Attune.Design.Scalable;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// Leaves one device out in turn: a scalable predictor that was trained on all others, copies of the device left out too, orders its designs from ten
/// latencies.
/// </summary>
internal static class HeldOutPart
{
    private const int Members = 2;
    private const int MoreDesigns = 30;

    public static ImmutableArray<OneProxyTable> Of(OneProxyData data, int count, int steps, Action<string> report, CancellationToken cancellation)
    {
        DesignFolder small = data.Small;
        ImmutableArray<DeviceColumn> devices = small.Devices;
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        var sums = new double[4];
        int judged = Math.Min(count, devices.Length);
        for (int t = 0; t < judged; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            DeviceColumn target = devices[t];
            report($"scalable predictor without {target.Name}, {t + 1} of {judged}");
            ImmutableArray<DeviceColumn> known = [.. devices.Where(device => device != target && !DeviceCopies.AreCopies(device.Values, target.Values))];
            double[] ranks = Judge(small, target, known, steps, new Random(t));
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += ranks[i] / judged;
            }

            rows.Add([target.Name, $"{known.Length}", .. ranks.Select(Classes.Three)]);
        }

        rows.Add(["mean", string.Empty, .. sums.Select(Classes.Three)]);
        return
        [
            new OneProxyTable(
                "Scalable predictor",
                $"Leave one device out: rank correlation on the {small.Designs} designs of the subset, from {ScalableSetting.References} latencies of the "
                + $"device that was left out; {Members} networks, {steps} steps",
                [
                    "device left out", ">known devices", ">network", $">refitted with {MoreDesigns} more", ">fleet adaptation, same ten",
                    ">best raw proxy, in hindsight",
                ],
                rows.ToImmutable())
            {
                Note = "Copies of the device that is left out are left out with it. References are chosen among designs that run on the device.",
                Figures = ImmutableSortedDictionary<string, double>.Empty.Add("held_out_scalable_mean", sums[0])
                    .Add("held_out_refitted_mean", sums[1])
                    .Add("held_out_fleet_ten_mean", sums[2]),
            },
        ];
    }

    private static double[] Judge(DesignFolder small, DeviceColumn target, ImmutableArray<DeviceColumn> known, int steps, Random random)
    {
        // A reference that turned out not to run on the target would be replaced at once.
        double[][] training = [.. known.Select(device => device.Values.Select((value, i) => double.IsNaN(target.Values[i]) ? double.NaN : value).ToArray())];
        int[] references = DeviceEmbedding.ReferenceDesigns(training, ScalableSetting.References, random);
        DeviceEmbedding EmbeddingOf(DeviceColumn device) => DeviceEmbedding.Of([.. references.Select(i => device.Values[i])]);
        var predictor = ScalablePredictor.Train(
            small.Units!,
            [.. known.Select(device => new TrainingDevice(device.Name, device.Values, EmbeddingOf(device)))],
            ScalableSetting.DesignsPerDevice,
            new ScalableOptions { Members = Members, Training = ScalableSetting.Training(steps) });
        int[] runnable = [.. Enumerable.Range(0, small.Designs).Where(i => !double.IsNaN(target.Values[i]))];
        int[] more = [.. references, .. Enumerable.Range(0, MoreDesigns).Select(_ => runnable[random.Next(runnable.Length)])];
        double[] latencies = [.. more.Select(i => target.Values[i])];
        DeviceEmbedding embedding = EmbeddingOf(target);
        double[] fleet = new FleetAdaptation(known, small.Units!, small.Structure, random).Predict(references, latencies.AsSpan(0, references.Length)).Latency;
        return
        [
            Spearman.Of(predictor.Predict(small.Units!, embedding).Mean, target.Values, 1e-9),
            Spearman.Of(predictor.PredictRefitted(small.Units!, embedding, small.Units!.SelectRows(more), latencies), target.Values, 1e-9),
            Spearman.Of(fleet, target.Values, 1e-9),
            known.Max(device => Spearman.Of(device.Values, target.Values, 1e-6)),
        ];
    }
}
