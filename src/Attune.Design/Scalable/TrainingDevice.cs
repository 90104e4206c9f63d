namespace Attune.Design.Scalable;

/// <summary>A device to learn from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Latencies">Milliseconds per design; NaN where unknown or unsupported.</param>
/// <param name="Embedding">Its features from the reference designs.</param>
public sealed record TrainingDevice(string Name, double[] Latencies, DeviceEmbedding Embedding)
{
    /// <summary>Further features, for example from a data sheet, of one length for all devices; none by default. Scale them to about -1 to 1.</summary>
    public float[] DataSheet { get; init; } = [];
}
