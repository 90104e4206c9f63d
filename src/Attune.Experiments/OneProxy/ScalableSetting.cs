using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Scalable;
using Attune.Learning.Networks;

namespace Attune.Experiments.OneProxy;

/// <summary>The split of devices into known and unseen ones that HELP (NeurIPS 2021) uses, and a predictor trained on the known ones.</summary>
internal sealed class ScalableSetting
{
    public const int References = 10;
    public const int DesignsPerDevice = 900;
    public static readonly ImmutableArray<string> Known =
    [
        "1080ti_1", "1080ti_32", "1080ti_256", "silver_4114", "silver_4210r", "samsung_a50", "pixel3", "essential_ph_1", "samsung_s7",
    ];
    public static readonly ImmutableArray<string> Unseen = ["titan_rtx_256", "gold_6226", "fpga", "pixel2", "raspi4", "eyeriss"];

    public ScalableSetting(DesignFolder full, int steps, int members)
    {
        Full = full;
        double[][] latencies = [.. Known.Select(name => full.Device(name).Values)];
        ReferenceDesigns = DeviceEmbedding.ReferenceDesigns(latencies, References, new Random(1));
        Devices = [.. Known.Select(name => new TrainingDevice(name, full.Device(name).Values, EmbeddingOf(name)))];
        Predictor = ScalablePredictor.Train(full.Units!, Devices, DesignsPerDevice, new ScalableOptions { Members = members, Training = Training(steps) });
    }

    public DesignFolder Full { get; }

    public int[] ReferenceDesigns { get; }

    public ImmutableArray<TrainingDevice> Devices { get; }

    public ScalablePredictor Predictor { get; }

    /// <summary>True when a folder has all devices of the split.</summary>
    public static bool Fits(DesignFolder? full) =>
        full is not null && full.Units is not null && Known.Concat(Unseen).All(name => full.Devices.Any(device => device.Name == name));

    public DeviceEmbedding EmbeddingOf(string device)
    {
        double[] latencies = Full.Device(device).Values;
        return DeviceEmbedding.Of([.. ReferenceDesigns.Select(i => latencies[i])]);
    }

    public static NetworkTraining Training(int steps) => new() { Steps = steps, Batch = 256, Rate = 3e-3, Decay = 0.02 };
}
