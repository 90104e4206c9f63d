using System.Collections.Immutable;

namespace Attune.Bench.Networks;

/// <summary>What is measured, and for how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>The networks of the table, in its order: five that the papers use, then the others.</summary>
    public static readonly ImmutableArray<string> AllNetworks =
    [
        "vgg16", "resnet18", "squeezenet_v1.1", "mobilenet_v1", "alexnet", "resnet50", "mobilenet_v2", "bert_layer",
    ];

    /// <summary>How many of <see cref="AllNetworks"/> the papers use.</summary>
    public const int PaperNetworks = 5;

    /// <summary>Vectors as wide as the machine has them.</summary>
    public const string Widest = "widest";

    private static readonly ImmutableArray<string> KnownVectors = [Widest, "512", "256", "128"];
    private static readonly ImmutableArray<string> KnownPrecisions = ["f32", "i8", "bf16"];
    private static readonly ImmutableArray<string> KnownWeights = ["f32", "f16", "i8"];

    // Most of their time goes into reading the weights of dense layers.
    private static readonly ImmutableArray<string> HeavyNetworks = ["alexnet", "vgg16"];

    /// <summary>Networks of the zoo; those that it lacks are skipped with a message.</summary>
    public ImmutableArray<string> Networks { get; init; } = AllNetworks;

    /// <summary>Numbers of threads; more than the machine can use are skipped with a message.</summary>
    public ImmutableArray<int> Threads { get; init; } = [1, 2];

    /// <summary>Vector widths: widest, or bits.</summary>
    public ImmutableArray<string> Vectors { get; init; } = [Widest, "256"];

    /// <summary>Storage formats of weights; empty for f32, and f16 and i8 where dense layers are heavy.</summary>
    public ImmutableArray<string> Weights { get; init; } = [];

    /// <summary>
    /// What the networks compute with: f32 as the zoo has them, i8 quantised by <c>attune quantize</c>, bf16 with <c>attune tune --compute bf16</c>.
    /// </summary>
    public ImmutableArray<string> Precisions { get; init; } = ["f32"];

    /// <summary>Budget of each tune, as <c>attune tune --budget</c> reads it.</summary>
    public string Budget { get; init; } = "10m";

    /// <summary>Time of each comparison, seconds; longer where it gives too few runs.</summary>
    public double DurationSeconds { get; init; } = 20;

    /// <summary>Runs of each side that a comparison must have. At least 1.</summary>
    public int MinimumRuns { get; init; } = 100;

    /// <summary>Folder of models, records and results.</summary>
    public string Output { get; init; } = "artifacts/bench/networks";

    /// <summary>Take models tuned before instead of tuning.</summary>
    public bool Reuse { get; init; }

    /// <summary>Also measure and report every layer.</summary>
    public bool PerLayer { get; init; }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public ImmutableArray<string> Problems() =>
    [
        .. Check(Networks.Length > 0 && Threads.Length > 0 && Vectors.Length > 0, "--networks, --threads and --vectors need at least one value each"),
        .. Threads.Where(count => count < 1).Select(count => $"--threads: {count} is no number of threads"),
        .. Vectors.Except(KnownVectors).Select(name => $"--vectors: '{name}' is none of {string.Join(", ", KnownVectors)}"),
        .. Weights.Except(KnownWeights).Select(name => $"--weights: '{name}' is none of {string.Join(", ", KnownWeights)}"),
        .. Check(Precisions.Length > 0, "--precision needs at least one value"),
        .. Precisions.Except(KnownPrecisions).Select(name => $"--precision: '{name}' is none of {string.Join(", ", KnownPrecisions)}"),
        .. Check(DurationSeconds > 0, "--duration must be longer than nothing, for example 20s"),
        .. Check(MinimumRuns >= 1, "--min-runs must be at least 1"),
    ];

    /// <summary>The rows of the table on a machine, widest vectors first, then by threads.</summary>
    /// <param name="widestBits">Widest vectors of the machine.</param>
    public ImmutableArray<RowKey> Rows(int widestBits)
    {
        int[] widths = [.. Vectors.Select(
            name => name == Widest ? widestBits : int.Parse(name)).Where(bits => bits <= widestBits).Distinct().OrderDescending()];
        return
        [
            .. from bits in widths
               from threads in Threads
               from network in Networks
               from weights in Precisions.SelectMany(precision => WeightsOf(precision, network, bits == widestBits))
               select new RowKey(network, threads, bits, weights),
        ];
    }

    /// <summary>Seconds of a duration such as 20s, 2m or 1h; null when it is none.</summary>
    public static double? Seconds(string text)
    {
        double factor = text.Length == 0 ? 0 : text[^1] switch { 'h' => 3600, 'm' => 60, 's' => 1, _ => 0 };
        return factor > 0 && double.TryParse(text[..^1], out double number) && number > 0 ? number * factor : null;
    }

    private IEnumerable<string> WeightsOf(string precision, string network, bool widest) =>
        precision == "i8" ? [RowKey.Quantised]
        : precision == "bf16" ? [RowKey.BrainFloats]
        : !Weights.IsEmpty ? Weights : widest && HeavyNetworks.Contains(network) ? KnownWeights : KnownWeights.Take(1);

    private static IEnumerable<string> Check(bool holds, string otherwise) => holds ? [] : [otherwise];
}
