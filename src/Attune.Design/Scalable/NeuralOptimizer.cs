using System.Collections.Immutable;
using Attune.Learning.Networks;

namespace Attune.Design.Scalable;

/// <summary>
/// A network that answers a device and a budget, or a device and a multiplier, with a design at once (stage 2 of Lu, Yang and Ren, SEC 2020). It is trained
/// through frozen networks of accuracy and of log latency, on relaxed designs whose genes are forced to one value by an entropy term that rises during
/// training. Devices in training are mixtures of the known ones. Immutable once trained; proposals may be asked for on several threads.
/// </summary>
public sealed class NeuralOptimizer
{
    private const double FeatureNoise = 0.03;
    private const double LargestLogit = 12;
    private readonly DenseNetwork<float>[] members;
    private readonly GeneLogits genes;
    private readonly NeuralOptions options;
    private readonly int deviceWidth;
    private readonly ThreadLocal<Room?> rooms = new();

    private NeuralOptimizer(DenseNetwork<float>[] members, GeneLogits genes, NeuralOptions options, int deviceWidth)
    {
        this.members = members;
        this.genes = genes;
        this.options = options;
        this.deviceWidth = deviceWidth;
    }

    /// <summary>Trains.</summary>
    /// <param name="values">Number of values of every gene; the networks' inputs are one-hot genes in this order.</param>
    /// <param name="accuracy">Accuracy in points, less any constant, from one-hot genes.</param>
    /// <param name="latency">Predictor over one-hot genes, and devices; gives log latency less the device's log speed.</param>
    /// <param name="devices">Features of the known devices.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or widths do not fit.</exception>
    public static NeuralOptimizer Train(
        ImmutableArray<int> values, DenseNetwork<float> accuracy, ScalablePredictor latency, IReadOnlyList<float[]> devices, NeuralOptions? options = null)
    {
        NeuralOptions settings = options ?? new NeuralOptions();
        ImmutableArray<string> problems = settings.Problems();
        if (!problems.IsEmpty)
        {
            throw new ArgumentException($"The optimiser cannot be trained: {string.Join("; ", problems)}.", nameof(options));
        }

        var logits = new GeneLogits(values);
        if (accuracy.Inputs != logits.Width
            || latency.Members[0].Inputs != logits.Width + latency.DeviceWidth
            || devices.Any(device => device.Length != latency.DeviceWidth))
        {
            throw new ArgumentException($"Genes have {logits.Width} values in all; the accuracy network takes {accuracy.Inputs}, the latency networks "
                + $"{latency.Members[0].Inputs} with {latency.DeviceWidth} device features. All must agree.", nameof(accuracy));
        }

        var trained = new DenseNetwork<float>[settings.Members];
        for (int m = 0; m < trained.Length; m++)
        {
            var random = new Random(HashCode.Combine(settings.Seed, m));
            trained[m] = new DenseNetwork<float>([latency.DeviceWidth + 1, settings.Hidden, settings.Hidden, logits.Width], random);
            new Trainer(trained[m], logits, accuracy, latency.Members[m % latency.Members.Count], devices, settings, random).Run();
        }

        return new NeuralOptimizer(trained, logits, settings, latency.DeviceWidth);
    }

    /// <summary>Proposes designs: all conditions go through each member in one product of matrices.</summary>
    /// <param name="device">Features of the device.</param>
    /// <param name="conditions">Budgets over the device's reference latency, or multipliers; each gives one design per member.</param>
    /// <returns>Distinct designs' genes.</returns>
    public List<int[]> Propose(ReadOnlySpan<float> device, ReadOnlySpan<double> conditions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(device.Length, deviceWidth);
        Room own = RoomFor(conditions.Length);
        Span<float> inputs = own.Inputs.AsSpan(0, conditions.Length * (deviceWidth + 1));
        for (int i = 0; i < conditions.Length; i++)
        {
            Span<float> row = inputs.Slice(i * (deviceWidth + 1), deviceWidth + 1);
            device.CopyTo(row);
            row[^1] = Condition(conditions[i], options);
        }

        var proposals = new HashSet<int[]>(Search.GeneEquality.Instance);
        Span<int> now = stackalloc int[genes.Count];
        Span<int> before = stackalloc int[genes.Count];
        foreach (DenseNetwork<float> member in members)
        {
            ReadOnlySpan<float> outputs = member.Forward(inputs, conditions.Length, own.Tape);
            before.Fill(-1);
            for (int i = 0; i < conditions.Length; i++)
            {
                genes.Decode(outputs.Slice(i * genes.Width, genes.Width), now);
                // Neighbouring conditions mostly give the same design.
                if (!now.SequenceEqual(before))
                {
                    proposals.Add(now.ToArray());
                    now.CopyTo(before);
                }
            }
        }

        return [.. proposals];
    }

    private Room RoomFor(int rows)
    {
        if (rooms.Value is not { } own || own.Tape.Capacity < rows)
        {
            own = new Room(members[0].NewTape(Math.Max(1, rows)), new float[Math.Max(1, rows) * (deviceWidth + 1)]);
            rooms.Value = own;
        }

        return own;
    }

    /// <summary>The condition as the network sees it: its logarithm, brought to -1..1 over the range of training.</summary>
    private static float Condition(double condition, NeuralOptions options)
    {
        double low = Math.Log(options.Range.Min);
        double high = Math.Log(options.Range.Max);
        return (float)((2 * (Math.Log(condition) - low) / (high - low)) - 1);
    }

    /// <summary>Values between layers, kept from query to query; all members have the same widths.</summary>
    private sealed record Room(NetworkTape<float> Tape, float[] Inputs);

    private sealed class Trainer(
        DenseNetwork<float> network,
        GeneLogits genes,
        DenseNetwork<float> accuracy,
        DenseNetwork<float> latency,
        IReadOnlyList<float[]> devices,
        NeuralOptions options,
        Random random)
    {
        private readonly int deviceWidth = devices[0].Length;

        public void Run()
        {
            int batch = options.Batch;
            int width = genes.Width;
            NetworkTape<float> tape = network.NewTape(batch);
            NetworkTape<float> accuracyTape = accuracy.NewTape(batch);
            NetworkTape<float> latencyTape = latency.NewTape(batch);
            var inputs = new float[batch * network.Inputs];
            var conditions = new double[batch];
            var relaxed = new float[batch * width];
            var pairs = new float[batch * latency.Inputs];
            var byAccuracy = new float[batch];
            var byLatency = new float[batch];
            var throughAccuracy = new float[relaxed.Length];
            var throughLatency = new float[pairs.Length];
            var slopes = new float[width];
            var byLogits = new float[relaxed.Length];
            var gradients = new float[network.Parameters.Length];
            var descent = new Adam<float>(gradients.Length);
            var rate = new CosineRate(options.Rate, options.Steps);
            for (int step = 0; step < options.Steps; step++)
            {
                Draw(inputs, conditions);
                ReadOnlySpan<float> logits = network.Forward(inputs, batch, tape);
                for (int r = 0; r < batch; r++)
                {
                    Span<float> row = relaxed.AsSpan(r * width, width);
                    genes.Softmax(logits.Slice(r * width, width), row);
                    row.CopyTo(pairs.AsSpan(r * latency.Inputs));
                    inputs.AsSpan(r * network.Inputs, deviceWidth).CopyTo(pairs.AsSpan((r * latency.Inputs) + width));
                }

                accuracy.Forward(relaxed, batch, accuracyTape);
                ReadOnlySpan<float> logLatency = latency.Forward(pairs, batch, latencyTape);
                for (int r = 0; r < batch; r++)
                {
                    (double worth, double price) = Prices(logLatency[r], conditions[r]);
                    byAccuracy[r] = (float)(-worth / batch);
                    byLatency[r] = (float)(price / batch);
                }

                accuracy.Backward(accuracyTape, byAccuracy, [], throughAccuracy);
                latency.Backward(latencyTape, byLatency, [], throughLatency);
                double entropyWeight = options.EntropyEnd * step / options.Steps / batch;
                for (int r = 0; r < batch; r++)
                {
                    for (int j = 0; j < width; j++)
                    {
                        slopes[j] = throughAccuracy[(r * width) + j] + throughLatency[(r * latency.Inputs) + j];
                    }

                    genes.Backward(relaxed.AsSpan(r * width, width), slopes, entropyWeight, byLogits.AsSpan(r * width, width));
                    Bound(logits.Slice(r * width, width), byLogits.AsSpan(r * width, width));
                }

                network.Backward(tape, byLogits, gradients, []);
                descent.Step(network.Parameters, gradients, rate.At(step));
                Array.Clear(gradients);
            }
        }

        /// <summary>A softmax that has made up its mind has no gradient; logits are kept from running away, so that a gene can still change.</summary>
        private static void Bound(ReadOnlySpan<float> logits, Span<float> byLogits)
        {
            for (int j = 0; j < logits.Length; j++)
            {
                bool outward = (logits[j] > LargestLogit && byLogits[j] < 0) || (logits[j] < -LargestLogit && byLogits[j] > 0);
                byLogits[j] = outward ? 0 : byLogits[j];
            }
        }

        /// <summary>Slopes of the loss by accuracy, negated, and by log latency.</summary>
        private (double Worth, double Price) Prices(double logLatency, double condition)
        {
            if (options.Form == NeuralForm.Multiplier)
            {
                // The loss is divided by 1 + multiplier, so that no multiplier drowns the others.
                return (1 / (1 + condition), condition * Math.Exp(logLatency) / (1 + condition));
            }

            double over = logLatency - Math.Log(condition);
            return (1, over > 0 ? options.Penalty * (1 + (10 * over)) : 0);
        }

        private void Draw(Span<float> inputs, Span<double> conditions)
        {
            double low = Math.Log(options.Range.Min);
            double high = Math.Log(options.Range.Max);
            for (int r = 0; r < conditions.Length; r++)
            {
                Span<float> row = inputs.Slice(r * network.Inputs, network.Inputs);
                float[] first = devices[random.Next(devices.Count)];
                float[] second = devices[random.Next(devices.Count)];
                // Mixtures are mostly near one device, as a Dirichlet distribution of small parameters has them.
                float share = MathF.Pow(random.NextSingle(), 3);
                for (int j = 0; j < deviceWidth; j++)
                {
                    row[j] = ((1 - share) * first[j]) + (share * second[j]) + (float)(FeatureNoise * 1.7 * ((2 * random.NextDouble()) - 1));
                }

                conditions[r] = Math.Exp(low + ((high - low) * random.NextDouble()));
                row[deviceWidth] = Condition(conditions[r], options);
            }
        }
    }
}
