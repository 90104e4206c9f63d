using Attune.Learning.Linear;
using Attune.Learning.Networks;

namespace Attune.Design.Scalable;

/// <summary>
/// Predicts latencies of pairs of design and device (approach 2 of Lu, Yang and Ren, SEC 2020): log latency = the device's log speed + f(design, device
/// features), f the mean of small networks trained on all training devices alike. A device that was never seen needs only its reference latencies; more
/// measurements refit the last layers by ridge. Immutable once trained; predictions may run on several threads.
/// </summary>
public sealed class ScalablePredictor
{
    private const int Block = 256;
    private readonly DenseNetwork<float>[] members;
    private readonly int designWidth;
    private readonly int deviceWidth;
    private readonly int references;

    private ScalablePredictor(DenseNetwork<float>[] members, int designWidth, int deviceWidth, int references)
    {
        this.members = members;
        this.designWidth = designWidth;
        this.deviceWidth = deviceWidth;
        this.references = references;
    }

    /// <summary>Trains.</summary>
    /// <param name="designs">Encoded designs, a row each, for example one-hot genes.</param>
    /// <param name="devices">Training devices, at least two.</param>
    /// <param name="designsPerDevice">Designs whose latency is used, drawn per device; all when there are fewer. HELP and the papers use 900.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">Lengths differ between devices, or a parameter is out of range.</exception>
    public static ScalablePredictor Train(
        DenseMatrix designs, IReadOnlyList<TrainingDevice> devices, int designsPerDevice = 900, ScalableOptions? options = null)
    {
        ScalableOptions settings = (options ?? new ScalableOptions()).Validated();
        ArgumentOutOfRangeException.ThrowIfLessThan(devices.Count, 2);
        float[][] features = [.. devices.Select(FeaturesOf)];
        if (features.Any(row => row.Length != features[0].Length)
            || devices.Any(device => device.Embedding.Features.Length != devices[0].Embedding.Features.Length || device.Latencies.Length != designs.Rows))
        {
            throw new ArgumentException("Training devices have latencies or features of different lengths; every device needs the same reference designs, the "
                + "same data sheet columns and a place for every design.", nameof(devices));
        }

        var trained = new DenseNetwork<float>[settings.Members];
        for (int m = 0; m < trained.Length; m++)
        {
            var random = new Random(HashCode.Combine(settings.Seed, m));
            trained[m] = new DenseNetwork<float>([designs.Columns + features[0].Length, settings.Hidden, settings.Hidden, 1], random);
            settings.Training.Run(trained[m], new PairBatches(designs, devices, features, designsPerDevice, settings, random).Fill);
        }

        return new ScalablePredictor(trained, designs.Columns, features[0].Length, devices[0].Embedding.Features.Length);
    }

    /// <summary>The networks, for those who differentiate through them; inputs are a design's row and the device's features.</summary>
    internal IReadOnlyList<DenseNetwork<float>> Members => members;

    /// <summary>Values of a device that follow the design's row.</summary>
    internal int DeviceWidth => deviceWidth;

    /// <summary>Predicts log latencies, milliseconds, on a device.</summary>
    /// <param name="designs">Encoded designs.</param>
    /// <param name="embedding">The device's reference latencies.</param>
    /// <param name="dataSheet">Its further features; as long as in training.</param>
    /// <returns>Mean and, in the same order, standard deviation over the members.</returns>
    /// <exception cref="ArgumentException">The device's features have another length than in training.</exception>
    public (double[] Mean, double[] Deviation) Predict(DenseMatrix designs, DeviceEmbedding embedding, ReadOnlySpan<float> dataSheet = default)
    {
        float[] device = Checked(designs, embedding, dataSheet);
        var mean = new double[designs.Rows];
        var squares = new double[designs.Rows];
        foreach (DenseNetwork<float> member in members)
        {
            double[] predicted = Run(member, designs, device, null);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += predicted[i] / members.Length;
                squares[i] += predicted[i] * predicted[i] / members.Length;
            }
        }

        for (int i = 0; i < mean.Length; i++)
        {
            squares[i] = Math.Sqrt(Math.Max(0, squares[i] - (mean[i] * mean[i])));
            mean[i] += embedding.LogSpeed;
        }

        return (mean, squares);
    }

    /// <summary>
    /// Predicts log latencies after a refit of the last layer of every member to designs that were measured on the device: ridge on what the members leave,
    /// over their last hidden features, whose penalty has the least error on designs left out.
    /// </summary>
    /// <param name="designs">Encoded designs to predict.</param>
    /// <param name="embedding">The device's reference latencies.</param>
    /// <param name="measured">Encoded designs that were measured; the references may be among them.</param>
    /// <param name="latencies">Their latencies, milliseconds.</param>
    /// <param name="dataSheet">Further features of the device.</param>
    public double[] PredictRefitted(
        DenseMatrix designs, DeviceEmbedding embedding, DenseMatrix measured, ReadOnlySpan<double> latencies, ReadOnlySpan<float> dataSheet = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(latencies.Length, measured.Rows);
        float[] device = Checked(designs, embedding, dataSheet);
        var mean = new double[designs.Rows];
        foreach (DenseNetwork<float> member in members)
        {
            var known = new DenseMatrix(measured.Rows, member.Features);
            double[] fitted = Run(member, measured, device, known);
            var rest = new double[fitted.Length];
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] = Math.Log(latencies[i]) - embedding.LogSpeed - fitted[i];
            }

            var features = new DenseMatrix(designs.Rows, member.Features);
            double[] predicted = Run(member, designs, device, features);
            double[] corrections = LeaveOneOutRidge.Fit(known, rest, features);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += (predicted[i] + corrections[i]) / members.Length;
            }
        }

        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] += embedding.LogSpeed;
        }

        return mean;
    }

    private static float[] FeaturesOf(TrainingDevice device) => [.. device.Embedding.Features, .. device.DataSheet];

    private float[] Checked(DenseMatrix designs, DeviceEmbedding embedding, ReadOnlySpan<float> dataSheet)
    {
        float[] device = [.. embedding.Features, .. dataSheet];
        if (designs.Columns != designWidth || embedding.Features.Length != references || device.Length != deviceWidth)
        {
            throw new ArgumentException(
                $"The predictor was trained on designs of {designWidth} columns and devices of {references} reference latencies and {deviceWidth - references} "
                + $"further features; got {designs.Columns}, {embedding.Features.Length} and {dataSheet.Length}.", nameof(embedding));
        }

        return device;
    }

    private static double[] Run(DenseNetwork<float> member, DenseMatrix designs, float[] device, DenseMatrix? features)
    {
        int width = member.Inputs;
        NetworkTape<float> tape = member.NewTape(Math.Min(Block, Math.Max(1, designs.Rows)));
        var inputs = new float[tape.Capacity * width];
        var outputs = new double[designs.Rows];
        for (int start = 0; start < designs.Rows; start += tape.Capacity)
        {
            int count = Math.Min(tape.Capacity, designs.Rows - start);
            for (int r = 0; r < count; r++)
            {
                Span<float> row = inputs.AsSpan(r * width, width);
                ReadOnlySpan<double> design = designs.Row(start + r);
                for (int j = 0; j < design.Length; j++)
                {
                    row[j] = (float)design[j];
                }

                device.CopyTo(row[design.Length..]);
            }

            ReadOnlySpan<float> predicted = member.Forward(inputs.AsSpan(0, count * width), count, tape);
            for (int r = 0; r < count; r++)
            {
                outputs[start + r] = predicted[r];
            }

            if (features is not null)
            {
                ReadOnlySpan<float> hidden = member.FeaturesOf(tape);
                for (int r = 0; r < count; r++)
                {
                    Span<double> row = features.Row(start + r);
                    for (int j = 0; j < row.Length; j++)
                    {
                        row[j] = hidden[(r * row.Length) + j];
                    }
                }
            }
        }

        return outputs;
    }
}
