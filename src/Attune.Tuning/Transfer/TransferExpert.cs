using Attune.Kernels.Spaces;
using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Something that knew the task, or others like it, before the search: predicts the standardised merit of the target's configurations. One thread at a time.
/// </summary>
internal abstract class TransferExpert
{
    /// <summary>Merit of points of the target's space, the larger the better, of order 1.</summary>
    public abstract void Score(IReadOnlyList<long> points, Span<double> scores);

    /// <summary>Points of the target's space that were measured before; none when the expert only predicts.</summary>
    public virtual IReadOnlyCollection<long> Known => [];

    /// <summary>
    /// An expert from one earlier task over the same configurations (another device, a rerun): its own times where it was measured, an interpolation by a
    /// Gaussian process elsewhere. Null when fewer than nine tenths of its configurations exist in the target's space, or it has too few.
    /// </summary>
    public static TransferExpert? OfSameSpace(HistoryTask task, Space target)
    {
        (double Mean, double Deviation) scale = PriorTraining.ScaleOf(task);
        var known = new Dictionary<long, double>();
        foreach (Observation observation in task.Observations)
        {
            long? index = ReferenceEquals(task.Space, target) ? observation.Index : target.Find(task.Space[observation.Index].ToLabels())?.Index;
            if (index is { } found && target.IsValid(found))
            {
                known.TryAdd(found, PriorTraining.Score(observation, scale));
            }
        }

        return known.Count >= TuningHistory.MinTimed && known.Count >= 0.9 * task.Observations.Length ? new Recalled(target, known) : null;
    }

    /// <summary>An expert from a deep process.</summary>
    public static TransferExpert OfModel(DeepGaussianProcess process, TransferFeatures features) => new Predicted(process, features);

    private sealed class Recalled(Space target, Dictionary<long, double> known) : TransferExpert
    {
        private const int LargestFit = 400;
        private GaussianProcess? between;

        public override IReadOnlyCollection<long> Known => known.Keys;

        public override void Score(IReadOnlyList<long> points, Span<double> scores)
        {
            var missing = new List<int>();
            for (int i = 0; i < points.Count; i++)
            {
                if (known.TryGetValue(points[i], out double score))
                {
                    scores[i] = score;
                }
                else
                {
                    missing.Add(i);
                }
            }

            if (missing.Count == 0)
            {
                return;
            }

            between ??= Fit();
            var table = FeatureTable.Of([.. missing.Select(i => Row(points[i]))]);
            var estimates = new Estimate[missing.Count];
            between.Predict(table, estimates);
            for (int i = 0; i < estimates.Length; i++)
            {
                scores[missing[i]] = estimates[i].Mean;
            }
        }

        private GaussianProcess Fit()
        {
            // The best and an even sample of the rest: where the optimum lies matters more than how bad the bad ones are.
            KeyValuePair<long, double>[] ordered = [.. known.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)];
            int step = Math.Max(1, (int)Math.Ceiling((ordered.Length - (LargestFit / 2)) / (LargestFit / 2.0)));
            KeyValuePair<long, double>[] kept = [.. ordered.Where((_, i) => i < LargestFit / 2 || i % step == 0)];
            var process = new GaussianProcess();
            process.Fit(FeatureTable.Of([.. kept.Select(pair => Row(pair.Key))]), [.. kept.Select(pair => (float)pair.Value)], []);
            return process;
        }

        private float[] Row(long point) => [.. target.Features(point).Select(value => (float)value)];
    }

    private sealed class Predicted(DeepGaussianProcess process, TransferFeatures features) : TransferExpert
    {
        public override void Score(IReadOnlyList<long> points, Span<double> scores)
        {
            var estimates = new Estimate[points.Count];
            process.Predict(FeatureTable.Of([.. points.Select(features.Of)]), estimates);
            for (int i = 0; i < estimates.Length; i++)
            {
                scores[i] = estimates[i].Mean;
            }
        }
    }
}
