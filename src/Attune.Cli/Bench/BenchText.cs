using Attune.Cli.Output;
using Attune.Measuring.Bench;

namespace Attune.Cli.Bench;

/// <summary>What is said about a benchmark while it runs, and about its times.</summary>
internal static class BenchText
{
    /// <summary>How far the comparison is.</summary>
    /// <param name="block">The block that was timed last.</param>
    public static string Of(BenchBlock block) =>
        $"bench   block {block.Number} of {block.Blocks}, "
        + $"{Units.Milliseconds(block.OursMs)}{(block.PeerMs is { } peer ? $" against {Units.Milliseconds(peer)}" : string.Empty)}";

    /// <summary>That a device is asked for each kernel where it could be told all at once.</summary>
    /// <param name="refusal">What its driver says; null when it is told all at once.</param>
    public static string? OneByOne(string? refusal) => refusal is null
        ? null
        : $"The device is asked for each kernel alone, which costs some microseconds each: {refusal}.";

    /// <summary>What it means when mean and median tell different stories; null when they do not.</summary>
    /// <param name="times">The times.</param>
    public static string? Disturbance(Distribution times) => times.IsDisturbed
        ? $"The mean is {Units.Factor(times.Mean / times.Median)} the median: some runs were held up, by other programs on these processors or by more "
            + "threads than are free. "
          + "The median tells how fast the model can be, the mean what a caller waits; repeat on a quiet machine, or with fewer --threads."
        : null;
}
