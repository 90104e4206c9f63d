using Attune.Learning.Linear;
using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Design.Scalable;

/// <summary>
/// Learns a number of designs, for example accuracy in points, from their encoding: one small network trained on standardised values and then brought to their
/// unit.
/// </summary>
public static class AccuracyNetwork
{
    /// <summary>Trains.</summary>
    /// <param name="designs">Encoded designs, for example one-hot genes.</param>
    /// <param name="values">One per design; NaN where unknown.</param>
    /// <param name="hidden">Width of the two hidden layers.</param>
    /// <param name="training">How; null takes the defaults.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="ArgumentException">Fewer than two values are known.</exception>
    public static DenseNetwork<float> Train(DenseMatrix designs, ReadOnlySpan<double> values, int hidden = 96, NetworkTraining? training = null, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, designs.Rows);
        double[] all = values.ToArray();
        int[] known = [.. Enumerable.Range(0, all.Length).Where(i => !double.IsNaN(all[i]))];
        if (known.Length < 2)
        {
            throw new ArgumentException($"{known.Length} designs have a value; a network needs at least 2, and some hundreds to be of use.", nameof(values));
        }

        double[] worth = [.. known.Select(i => all[i])];
        double mean = worth.Average();
        double deviation = Math.Max(1e-12, Moments.PopulationDeviation(worth));
        var random = new Random(seed);
        var network = new DenseNetwork<float>([designs.Columns, hidden, hidden, 1], random);
        (training ?? new NetworkTraining { Decay = 0.02 }).Run(network, (inputs, targets) =>
        {
            for (int r = 0; r < targets.Length; r++)
            {
                int design = known[random.Next(known.Length)];
                ReadOnlySpan<double> row = designs.Row(design);
                for (int j = 0; j < row.Length; j++)
                {
                    inputs[(r * row.Length) + j] = (float)row[j];
                }

                targets[r] = (float)((all[design] - mean) / deviation);
            }
        });
        network.RescaleOutputs((float)deviation, (float)mean);
        return network;
    }

    /// <summary>Predicts designs.</summary>
    public static double[] Predict(DenseNetwork<float> network, DenseMatrix designs)
    {
        NetworkTape<float> tape = network.NewTape(Math.Max(1, designs.Rows));
        var inputs = new float[designs.Rows * designs.Columns];
        for (int i = 0; i < designs.Rows; i++)
        {
            for (int j = 0; j < designs.Columns; j++)
            {
                inputs[(i * designs.Columns) + j] = (float)designs[i, j];
            }
        }

        var predicted = new double[designs.Rows];
        ReadOnlySpan<float> outputs = network.Forward(inputs, designs.Rows, tape);
        for (int i = 0; i < predicted.Length; i++)
        {
            predicted[i] = outputs[i];
        }

        return predicted;
    }
}
