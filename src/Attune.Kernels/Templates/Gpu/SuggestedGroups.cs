using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Groups that are suggested without measuring. Search may find larger ones.</summary>
internal static class SuggestedGroups
{
    /// <summary>Longest body that is written out.</summary>
    public const int Unroll = 512;

    /// <summary>Configurations that a template suggests.</summary>
    public const int Count = 8;

    // A group of more would leave no room for a second one beside it, which works while the first waits.
    private const int MaxLanes = 256;
    private const long MaxBytes = 32 << 10;

    /// <summary>Limits of a device, and no more than leaves room for a second group.</summary>
    public static GroupLimits Of(GroupLimits limits) =>
        limits with { MaxLanes = Math.Min(limits.MaxLanes, MaxLanes), LocalBytes = Math.Min(limits.LocalBytes, MaxBytes) };
}
