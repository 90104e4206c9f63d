using System.Collections.Immutable;
using Attune.Design.Search;
using Attune.Learning.Networks;

namespace Attune.Design.Scalable;

/// <summary>Networks over one-hot genes, and a device's features where they have any, as a search sees them: the mean of all, or e to the mean plus the device's log speed. Safe for several threads.</summary>
public sealed class NetworkDesignModel : IDesignModel
{
    private readonly IReadOnlyList<DenseNetwork> networks;
    private readonly GeneLogits genes;
    private readonly float[] device;
    private readonly double? logSpeed;
    private readonly ThreadLocal<(NetworkTape[] Tapes, float[] Row)> room;

    private NetworkDesignModel(IReadOnlyList<DenseNetwork> networks, ImmutableArray<int> values, float[] device, double? logSpeed)
    {
        this.networks = networks;
        this.device = device;
        this.logSpeed = logSpeed;
        genes = new GeneLogits(values);
        room = new ThreadLocal<(NetworkTape[] Tapes, float[] Row)>(() => ([.. networks.Select(network => network.NewTape(1))], new float[networks[0].Inputs]));
    }

    /// <summary>A network of designs alone, such as one of accuracy.</summary>
    /// <param name="network">Takes one-hot genes.</param>
    /// <param name="values">Number of values of every gene.</param>
    public static NetworkDesignModel OfAccuracy(DenseNetwork network, ImmutableArray<int> values) => new([network], values, [], null);

    /// <summary>Latency in milliseconds on a device.</summary>
    /// <param name="predictor">Trained on one-hot genes.</param>
    /// <param name="values">Number of values of every gene.</param>
    /// <param name="embedding">The device.</param>
    public static NetworkDesignModel OfLatency(ScalablePredictor predictor, ImmutableArray<int> values, DeviceEmbedding embedding) =>
        new(predictor.Members, values, embedding.Features, embedding.LogSpeed);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        (NetworkTape[] tapes, float[] row) = room.Value;
        this.genes.Encode(genes, row);
        device.CopyTo(row.AsSpan(this.genes.Width));
        double sum = 0;
        for (int i = 0; i < tapes.Length; i++)
        {
            sum += networks[i].Forward(row, 1, tapes[i])[0];
        }

        return logSpeed is { } speed ? Math.Exp((sum / tapes.Length) + speed) : sum / tapes.Length;
    }
}
