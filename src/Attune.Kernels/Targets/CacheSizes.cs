namespace Attune.Kernels.Targets;

/// <summary>Caches of one core, in bytes.</summary>
/// <param name="FirstLevel">First-level data cache.</param>
/// <param name="SecondLevel">Second-level cache.</param>
/// <param name="LastLevelShare">
/// What one thread may count on in the last-level cache. Never more than what a kernel can expect beside others: neighbours on the same machine use that cache
/// too.
/// </param>
public sealed record CacheSizes(long FirstLevel, long SecondLevel, long LastLevelShare)
{
    /// <summary>Sizes that most processors of the last ten years have at least: 32 KiB, 1 MiB, 2 MiB.</summary>
    public static CacheSizes Typical { get; } = new(32 << 10, 1 << 20, 2 << 20);
}
