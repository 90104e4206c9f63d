using System.Collections.Immutable;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>What a plan shall fuse, beyond what it always does.</summary>
/// <param name="Pairs">Keys of the fused pairs to run as one step; others run as two.</param>
/// <param name="Without">Names of fusions of the plan that are switched off.</param>
internal sealed record PlanRequest(ImmutableHashSet<string> Pairs, ImmutableHashSet<string> Without)
{
    /// <summary>No pairs, nothing switched off.</summary>
    public static PlanRequest Plain { get; } = new([], []);

    /// <summary>The pairs that configurations ask for by having one.</summary>
    public static PlanRequest Of(IEnumerable<string> taskKeys, IEnumerable<string> without) =>
        new([.. taskKeys.Where(key => key.Contains(PairWorkload.Separator))], [.. without]);
}
