using Attune.Design.Ranking;
using Attune.Learning;
using Attune.Numerics;

namespace Attune.Design.Scalable;

/// <summary>
/// What is known of a device from the latencies of a few fixed designs: the mean of their logarithms, which is its speed, and what is left of each, which is
/// its character. With the speed taken away devices can be compared; the same idea is the "hardware embedding" of HELP (Lee et al., NeurIPS 2021). Immutable.
/// </summary>
/// <param name="LogSpeed">Mean logarithm of the reference latencies in milliseconds.</param>
/// <param name="Features">Logarithm of each reference latency less <paramref name="LogSpeed"/>.</param>
public sealed record DeviceEmbedding(double LogSpeed, float[] Features)
{
    /// <summary>The embedding of a device.</summary>
    /// <param name="latencies">Latencies of the reference designs, milliseconds, in their order; all above 0.</param>
    /// <exception cref="ArgumentException">There is none, or one is not above 0: a reference design must run on every device.</exception>
    public static DeviceEmbedding Of(ReadOnlySpan<double> latencies)
    {
        if (latencies.IsEmpty)
        {
            throw new ArgumentException("A device cannot be described by no reference latencies.", nameof(latencies));
        }

        var logs = new double[latencies.Length];
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] = latencies[i] > 0 && double.IsFinite(latencies[i])
                ? Math.Log(latencies[i])
                : throw new ArgumentException(
                    $"Reference latency {i} is {latencies[i]}; every reference design must have run, so choose references that run on all devices.",
                    nameof(latencies));
        }

        double mean = logs.Average();
        return new DeviceEmbedding(mean, [.. logs.Select(log => (float)(log - mean))]);
    }

    /// <summary>
    /// Picks designs to be measured on every device: those that together tell most about all designs, given how the training devices' latencies vary
    /// (transductive experimental design on their logarithms). Designs that do not run on some training device are left out.
    /// </summary>
    /// <param name="training">Latencies per training device, one value per design.</param>
    /// <param name="count">How many; 10 suffice for a class of devices.</param>
    /// <param name="random">Draws the candidates.</param>
    /// <param name="candidates">Most designs to choose among.</param>
    /// <returns>Positions of the designs, spread over the ranks of the mean device where the choice is free.</returns>
    public static int[] ReferenceDesigns(IReadOnlyList<double[]> training, int count, Random random, int candidates = 400)
    {
        int designs = training[0].Length;
        int[] runnable = [.. Enumerable.Range(0, designs).Where(i => training.All(device => device[i] > 0))];
        if (runnable.Length < count)
        {
            throw new ArgumentException($"Only {runnable.Length} designs run on all {training.Count} training devices, {count} references are wanted; drop the "
                + "device with the most unsupported designs.", nameof(training));
        }

        double[] mean = [.. runnable.Select(i => training.Average(device => Math.Log(device[i])))];
        int[] drawn = StratifiedSample.Draw(mean, Math.Min(candidates, runnable.Length), random);
        double[][] rows = new double[drawn.Length][];
        for (int c = 0; c < rows.Length; c++)
        {
            int design = runnable[drawn[c]];
            rows[c] = [.. training.Select(device => Math.Log(device[design])), 1];
        }

        for (int column = 0; column < training.Count; column++)
        {
            double[] values = [.. rows.Select(row => row[column])];
            double average = values.Average();
            double deviation = Moments.PopulationDeviation(values);
            foreach (double[] row in rows)
            {
                row[column] = (row[column] - average) / Math.Max(deviation, 1e-9) / Math.Sqrt(training.Count);
            }
        }

        var kernel = new double[rows.Length * rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
            {
                // A narrow part of its own for every pair keeps the choice open when count exceeds the number of devices.
                double distance = 0;
                double product = 0;
                for (int c = 0; c < rows[i].Length; c++)
                {
                    product += rows[i][c] * rows[j][c];
                    distance += (rows[i][c] - rows[j][c]) * (rows[i][c] - rows[j][c]);
                }

                kernel[(i * rows.Length) + j] = product + Math.Exp(-distance / 2);
            }
        }

        return [.. TransductiveDesign.Pick(kernel, rows.Length, count).Select(i => runnable[drawn[i]])];
    }
}
