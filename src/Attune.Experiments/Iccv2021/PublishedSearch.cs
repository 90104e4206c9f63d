using System.Collections.Immutable;

namespace Attune.Experiments.Iccv2021;

/// <summary>
/// The result table of the ICCV 2021 poster on transfer by a deep Gaussian process: search time, latency and hypervolume against AutoTVM, on a GPU. Cells that
/// the poster's scan lost were recomputed from the printed hypervolumes.
/// </summary>
/// <param name="Model">The network.</param>
/// <param name="Arm">AutoTVM, CHAMELEON or DGP.</param>
/// <param name="SearchHours">Search time, hours.</param>
/// <param name="LatencyMs">Latency, milliseconds.</param>
/// <param name="Volume">Hypervolume against AutoTVM, percent; null for AutoTVM itself.</param>
public sealed record PublishedSearch(string Model, string Arm, double SearchHours, double LatencyMs, double? Volume)
{
    /// <summary>All cells; CHAMELEON does not support MobileNet.</summary>
    public static ImmutableArray<PublishedSearch> All { get; } =
    [
        new("MobileNet-v1", "AutoTVM", 31.14, 0.8980, null),
        new("MobileNet-v1", "DGP", 10.06, 0.7664, 9.9168),
        new("AlexNet", "AutoTVM", 6.28, 1.3467, null),
        new("AlexNet", "CHAMELEON", 1.75, 1.2676, 4.2409),
        new("AlexNet", "DGP", 2.14, 1.2537, 4.5573),
        new("VGG-16", "AutoTVM", 19.92, 6.7847, null),
        new("VGG-16", "CHAMELEON", 3.47, 6.551, 2.8418),
        new("VGG-16", "DGP", 4.62, 6.4972, 3.2556),
        new("ResNet-18", "AutoTVM", 32.04, 1.8248, null),
        new("ResNet-18", "CHAMELEON", 7.47, 1.749, 3.1915),
        new("ResNet-18", "DGP", 9.47, 1.7305, 3.6423),
    ];
}
