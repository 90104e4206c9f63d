using System.Collections.Immutable;
using Attune.Design.Search;
using Attune.Learning.Networks;

namespace Attune.Design.Scalable;

/// <summary>
/// Networks over one-hot genes, and a device's features where they have any, as a search sees them: the mean of all, or e to the mean plus the device's log
/// speed. Safe for several threads.
/// </summary>
public sealed class NetworkDesignModel : IDesignModel
{
    private readonly IReadOnlyList<DenseNetwork<float>> networks;
    private readonly GeneLogits genes;
    private readonly float[] device;
    private readonly double? logSpeed;
    private const int Block = 64;
    private readonly ThreadLocal<(NetworkTape<float> Tape, float[] Row)> room;
    private readonly ThreadLocal<(NetworkTape<float> Tape, float[] Rows)> blocks;

    private NetworkDesignModel(IReadOnlyList<DenseNetwork<float>> networks, ImmutableArray<int> values, float[] device, double? logSpeed)
    {
        this.networks = networks;
        this.device = device;
        this.logSpeed = logSpeed;
        genes = new GeneLogits(values);
        room = new ThreadLocal<(NetworkTape<float> Tape, float[] Row)>(() => (networks[0].NewTape(1), new float[networks[0].Inputs]));
        blocks = new ThreadLocal<(NetworkTape<float> Tape, float[] Rows)>(() => (networks[0].NewTape(Block), new float[Block * networks[0].Inputs]));
    }

    /// <summary>A network of designs alone, such as one of accuracy.</summary>
    /// <param name="network">Takes one-hot genes.</param>
    /// <param name="values">Number of values of every gene.</param>
    public static NetworkDesignModel OfAccuracy(DenseNetwork<float> network, ImmutableArray<int> values) => new([network], values, [], null);

    /// <summary>Latency in milliseconds on a device.</summary>
    /// <param name="predictor">Trained on one-hot genes.</param>
    /// <param name="values">Number of values of every gene.</param>
    /// <param name="embedding">The device.</param>
    public static NetworkDesignModel OfLatency(ScalablePredictor predictor, ImmutableArray<int> values, DeviceEmbedding embedding) =>
        new(predictor.Members, values, embedding.Features, embedding.LogSpeed);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        (NetworkTape<float> tape, float[] row) = room.Value;
        this.genes.Encode(genes, row);
        device.CopyTo(row.AsSpan(this.genes.Width));
        double sum = 0;
        foreach (DenseNetwork<float> network in networks)
        {
            sum += network.Forward(row, 1, tape)[0];
        }

        return Meaning(sum / networks.Count);
    }

    /// <summary>Predicts many designs, up to 64 of them in one product of matrices.</summary>
    /// <param name="designs">Genes.</param>
    /// <param name="results">Receives as many predictions.</param>
    public void Predict(IReadOnlyList<int[]> designs, Span<double> results)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, designs.Count);
        (NetworkTape<float> tape, float[] rows) = blocks.Value;
        int width = networks[0].Inputs;
        for (int start = 0; start < designs.Count; start += Block)
        {
            int count = Math.Min(Block, designs.Count - start);
            Span<double> sums = results.Slice(start, count);
            sums.Clear();
            for (int i = 0; i < count; i++)
            {
                Span<float> row = rows.AsSpan(i * width, width);
                genes.Encode(designs[start + i], row);
                device.CopyTo(row[genes.Width..]);
            }

            foreach (DenseNetwork<float> network in networks)
            {
                ReadOnlySpan<float> outputs = network.Forward(rows.AsSpan(0, count * width), count, tape);
                for (int i = 0; i < count; i++)
                {
                    sums[i] += outputs[i];
                }
            }

            foreach (ref double sum in sums)
            {
                sum = Meaning(sum / networks.Count);
            }
        }
    }

    private double Meaning(double output) => logSpeed is { } speed ? Math.Exp(output + speed) : output;
}
