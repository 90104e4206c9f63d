using Attune.Learning.Linear;

namespace Attune.Design.Scalable;

/// <summary>
/// Batches of pairs of design and device, equally many of every device. Some devices are mixtures of two in the logarithm, features and latencies alike, and
/// all features carry a little noise: otherwise a network learns a dozen devices by heart. One thread.
/// </summary>
internal sealed class PairBatches
{
    private readonly DenseMatrix designs;
    private readonly float[][] features;
    private readonly float[][] targets;
    private readonly int[][] known;
    private readonly int[] common;
    private readonly ScalableOptions options;
    private readonly Random random;

    public PairBatches(
        DenseMatrix designs, IReadOnlyList<TrainingDevice> devices, float[][] features, int designsPerDevice, ScalableOptions options, Random random)
    {
        this.designs = designs;
        this.features = features;
        this.options = options;
        this.random = random;
        targets = [.. devices.Select(device => device.Latencies.Select(latency => (float)(Math.Log(latency) - device.Embedding.LogSpeed)).ToArray())];
        int[] order = [.. Enumerable.Range(0, designs.Rows)];
        // The draw is the same for every member: the budget of measurements is the device's, not the network's.
        new Random(options.Seed).Shuffle(order);
        known = [.. targets.Select(values => order.Where(i => float.IsFinite(values[i])).Take(designsPerDevice).ToArray())];
        common = [.. known.Skip(1).Aggregate(known[0].AsEnumerable(), (both, next) => both.Intersect(next))];
    }

    public void Fill(Span<float> inputs, Span<float> wanted)
    {
        int width = designs.Columns + features[0].Length;
        for (int r = 0; r < wanted.Length; r++)
        {
            Span<float> row = inputs.Slice(r * width, width);
            int first = r % features.Length;
            int second = first;
            float share = 1;
            if (common.Length > 0 && random.NextDouble() < options.MixedShare)
            {
                second = random.Next(features.Length);
                share = random.NextSingle();
            }

            int[] pool = second == first ? known[first] : common;
            int design = pool[random.Next(pool.Length)];
            ReadOnlySpan<double> encoded = designs.Row(design);
            for (int j = 0; j < encoded.Length; j++)
            {
                row[j] = (float)encoded[j];
            }

            for (int j = 0; j < features[0].Length; j++)
            {
                float clean = (share * features[first][j]) + ((1 - share) * features[second][j]);
                row[encoded.Length + j] = clean + (float)(options.FeatureNoise * ((2 * random.NextDouble()) - 1) * 1.7);
            }

            wanted[r] = (share * targets[first][design]) + ((1 - share) * targets[second][design]);
        }
    }
}
