using Attune.Kernels.Loops;

namespace Attune.Kernels.Targets;

/// <summary>Limits of a device that runs groups of lanes together, such as a GPU.</summary>
/// <param name="MaxLanes">Lanes (work items, threads) of a group.</param>
/// <param name="LocalBytes">Memory that the lanes of a group share, bytes.</param>
/// <param name="Width">Lanes that run in step: a warp, wavefront or subgroup.</param>
public sealed record GroupLimits(int MaxLanes, long LocalBytes, int Width)
{
    /// <summary>Lanes in step on most devices.</summary>
    public const int TypicalWidth = 32;

    /// <summary>Lanes of a group along axis 0. Default: as many as in all.</summary>
    public long MaxLanesX { get; init; } = MaxLanes;

    /// <summary>Lanes of a group along axis 1. Default: as many as in all.</summary>
    public long MaxLanesY { get; init; } = MaxLanes;

    /// <summary>Lanes of a group along axis 2. Default: as many as in all.</summary>
    public long MaxLanesZ { get; init; } = MaxLanes;

    /// <summary>Why a group cannot be launched; null when it can.</summary>
    /// <param name="shape">Groups and lanes.</param>
    /// <param name="sharedBytes">Memory that the lanes of a group share, bytes.</param>
    internal string? Refusal(LaunchShape shape, long sharedBytes) =>
        shape.Lanes > MaxLanes ? $"a group has {shape.Lanes} lanes; the device runs at most {MaxLanes}"
        : shape.LanesX > MaxLanesX || shape.LanesY > MaxLanesY || shape.LanesZ > MaxLanesZ
            ? $"a group has {shape.LanesX} x {shape.LanesY} x {shape.LanesZ} lanes; the device runs at most {MaxLanesX} x {MaxLanesY} x {MaxLanesZ}"
        : sharedBytes > LocalBytes ? $"a group shares {sharedBytes} bytes; the device has {LocalBytes}"
        : null;
}
