namespace Attune.Measuring.Bench;

/// <summary>What an interleaved benchmark gave.</summary>
/// <param name="Runs">Counted runs of each side.</param>
/// <param name="Blocks">Blocks of each side.</param>
/// <param name="Ours">Our latencies.</param>
/// <param name="Peer">The peer's latencies, or null without a peer.</param>
/// <param name="Ratio">Peer / ours, or null without a peer.</param>
public sealed record BenchTimes(int Runs, int Blocks, Distribution Ours, Distribution? Peer, Ratio? Ratio);
