using Attune.Tuning.Options;

namespace Attune.Tuning.Simple;

/// <summary>Parameters of Droplet search (Canesche et al., TACO 2024; tuning.md 5).</summary>
public sealed record DropletOptions
{
    /// <summary>
    /// Relative gain that counts as an improvement; where results come with noise it stands for the paper's t-test. In [0, 0.5]. Default 0.005.
    /// </summary>
    public double MinGain { get; init; } = 0.005;

    /// <summary>Moves tried around a point at one step width, at most. Range 1 to 100,000. Default 64.</summary>
    public int Moves { get; init; } = 64;

    /// <summary>True starts at the given start point or index 0 as the paper does; false at a random point. Default true.</summary>
    public bool StartAtDefault { get; init; } = true;

    /// <summary>True starts again from a random point when no step width helps; false leaves the rest of the budget to random points. Default true.</summary>
    public bool Restarts { get; init; } = true;

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<DropletOptions> Table { get; } = OptionTable<DropletOptions>.Empty
        .Number("least-gain", 0, 0.5, o => o.MinGain, (o, v) => o with { MinGain = v }, "relative gain that counts as an improvement")
        .Integer("moves", 1, 100_000, o => o.Moves, (o, v) => o with { Moves = v }, "moves tried around a point at one step width, at most")
        .Flag("start-at-default", o => o.StartAtDefault, (o, v) => o with { StartAtDefault = v }, "start at the default or index 0 instead of a random point")
        .Flag("restarts", o => o.Restarts, (o, v) => o with { Restarts = v }, "start again from a random point when stuck");

    internal IEnumerable<string> Problems() => Table.Problems(this).Select(problem => $"Droplet: {problem}");
}
