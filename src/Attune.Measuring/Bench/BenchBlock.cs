namespace Attune.Measuring.Bench;

/// <summary>A block of an interleaved benchmark that has been timed, for progress displays.</summary>
/// <param name="Number">Number of the block, from 1.</param>
/// <param name="Blocks">Blocks that there can be.</param>
/// <param name="OursMs">Our median in it, milliseconds.</param>
/// <param name="PeerMs">The peer's, milliseconds; null without a peer.</param>
public sealed record BenchBlock(int Number, int Blocks, double OursMs, double? PeerMs);
