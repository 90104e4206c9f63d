using System.Collections.Immutable;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;

namespace Attune.Tuning.Choices;

/// <summary>Steps of a model that choose together: those of one task, and of one fused pair where they may be a part of it.</summary>
/// <param name="TaskKey">The task.</param>
/// <param name="PairKey">The pair its steps may be fused into, or null.</param>
/// <param name="IsFirst">True for the depthwise half of a pair.</param>
/// <param name="Steps">Positions of the steps.</param>
/// <param name="Alternatives">The task's own configurations first, then those of the pair.</param>
/// <param name="Own">How many are the task's own.</param>
internal sealed record ChoiceSite(
    string TaskKey, string? PairKey, bool IsFirst, ImmutableArray<int> Steps, ImmutableArray<SiteAlternative> Alternatives, int Own)
{
    /// <summary>True when the alternative is one of the pair's.</summary>
    public bool IsFused(int alternative) => alternative >= Own;
}

/// <summary>One alternative of a site.</summary>
/// <param name="Configuration">The configuration, of the task or of the pair.</param>
/// <param name="Partition">How threads share its work.</param>
/// <param name="Ms">Time alone of one step, milliseconds; the whole pair's time stands at its second half.</param>
/// <param name="IsDefault">True for the template's default configuration.</param>
internal sealed record SiteAlternative(Configuration Configuration, WorkPartition Partition, double Ms, bool IsDefault);
