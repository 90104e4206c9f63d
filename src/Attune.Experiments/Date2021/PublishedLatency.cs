using System.Collections.Immutable;

namespace Attune.Experiments.Date2021;

/// <summary>
/// Table I of "Deep neural network hardware deployment optimization via advanced active learning" (DATE 2021): latency and variance over 600 runs, averages of
/// ten tuning trials, on a GTX 1080 Ti. Another device than any this program measures: shown beside our figures for their relations, not for their size.
/// </summary>
/// <param name="Model">The network.</param>
/// <param name="Arm">AutoTVM, BTED or BTED+BAO.</param>
/// <param name="LatencyMs">Mean latency, milliseconds.</param>
/// <param name="Variance">Variance as printed; the paper gives no unit.</param>
public sealed record PublishedLatency(string Model, string Arm, double LatencyMs, double Variance)
{
    /// <summary>What the device was.</summary>
    public const string Device = "NVIDIA GTX 1080 Ti";

    private static readonly string[] Arms = ["AutoTVM", "BTED", "BTED+BAO"];

    /// <summary>All cells of the table.</summary>
    public static ImmutableArray<PublishedLatency> All { get; } =
    [
        .. Row("AlexNet", 1.3639, 0.1738, 1.3373, 0.2246, 1.3304, 0.0711),
        .. Row("ResNet-18", 1.8323, 0.4651, 1.7935, 0.4487, 1.7519, 0.3848),
        .. Row("VGG-16", 6.5176, 2.3834, 5.6808, 0.6574, 5.6183, 0.3617),
        .. Row("MobileNet-v1", 1.0597, 0.9290, 0.8738, 0.5398, 0.7621, 0.0674),
        .. Row("SqueezeNet-v1.1", 0.8697, 1.1208, 0.7436, 0.5533, 0.6920, 0.1709),
    ];

    private static IEnumerable<PublishedLatency> Row(string model, params double[] cells) =>
        Arms.Select((arm, i) => new PublishedLatency(model, arm, cells[2 * i], cells[(2 * i) + 1]));
}
