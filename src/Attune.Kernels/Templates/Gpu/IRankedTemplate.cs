using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>A template that ranks points of its space by a rough cost: the cheapest is its default, the first few are its suggestions.</summary>
internal interface IRankedTemplate : ITemplate
{
    /// <summary>
    /// Points that the device can launch, the cheapest first. Where there is none the first point of the space is the default, which fits everywhere.
    /// </summary>
    /// <param name="workload">A workload that the template applies to.</param>
    /// <param name="space">Its space.</param>
    /// <param name="target">A device of groups and lanes.</param>
    IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target);

    /// <inheritdoc/>
    long ITemplate.Default(Workload workload, Space space, KernelTarget target) =>
        Promising(workload, space, target).Select(suggestion => suggestion.Index).FirstOrDefault(0);

    /// <inheritdoc/>
    IEnumerable<Suggestion> ITemplate.Suggest(Workload workload, Space space, KernelTarget target, int threads) =>
        Promising(workload, space, target).Take(SuggestedGroups.Count);
}
