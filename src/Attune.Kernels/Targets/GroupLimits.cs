namespace Attune.Kernels.Targets;

/// <summary>Limits of a device that runs groups of lanes together, such as a GPU.</summary>
/// <param name="MaxLanes">Lanes (work items, threads) of a group.</param>
/// <param name="LocalBytes">Memory that the lanes of a group share, bytes.</param>
/// <param name="Width">Lanes that run in step: a warp, wavefront or subgroup.</param>
public sealed record GroupLimits(int MaxLanes, long LocalBytes, int Width);
