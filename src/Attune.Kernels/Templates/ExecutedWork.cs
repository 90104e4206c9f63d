using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates;

/// <summary>
/// How a configuration computes its workload, and with how many multiplications: Winograd's and Strassen's algorithms trade them for additions, which are not
/// counted.
/// </summary>
internal static class ExecutedWork
{
    /// <summary>Name of the algorithm.</summary>
    /// <param name="configuration">A point of a workload's space.</param>
    public static string Algorithm(Configuration configuration) => TemplateRegistry.Of(configuration).Template.Name;

    /// <summary>Operations of the multiply-adds that are executed (a multiply-add is two).</summary>
    /// <param name="workload">What is computed.</param>
    /// <param name="configuration">A point of its space.</param>
    public static long Flops(WeightedWorkload workload, Configuration configuration)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.ExecutedFlops(workload, own);
    }

    /// <summary>How many times the operations of multiply-adds of floats a target does in the same time by a configuration's instructions, at best.</summary>
    /// <param name="workload">Workload.</param>
    /// <param name="configuration">A configuration of its space.</param>
    /// <param name="target">What it runs on.</param>
    internal static int OperationsAtOnce(WeightedWorkload workload, Configuration configuration, KernelTarget target) =>
        TemplateRegistry.Of(configuration).Template.OperationsAtOnce(workload, target);
}
