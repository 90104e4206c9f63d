using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Describes steps for people. Stateless.</summary>
internal static class StepReports
{
    /// <summary>Describes a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="target">What it runs on.</param>
    /// <param name="searched">Its task and configuration; null when it is not searched.</param>
    public static StepReport Of(
        PlannedStep step, KernelTarget target, (WeightedWorkload Workload, Configuration Configuration, ConfigurationSource Source)? searched)
    {
        long bytes = step.Inputs.Concat(step.Outputs).Where(s => s.Kind != StorageKind.Managed).Sum(s => (long)s.Extent.Count * sizeof(float) / s.PerFloat);
        if (searched is { } s)
        {
            return new StepReport(
                step.Name,
                step.Kind.ToString(),
                s.Workload.Title,
                s.Workload.Key,
                s.Configuration.ToString(),
                s.Source,
                s.Workload.Flops,
                bytes + (s.Workload.WeightCount * WeightFormats.BytesOf(WeightPacking.FormatOf(s.Workload, s.Configuration))))
            {
                Algorithm = ExecutedWork.Algorithm(s.Configuration),
                Fused = FusedInto(step),
                ExecutedFlops = ExecutedWork.Flops(s.Workload, s.Configuration),
                OperationsAtOnce = ExecutedWork.OperationsAtOnce(s.Workload, s.Configuration, target),
            };
        }

        if ((step.Plan?.Attention ?? step.Plan?.Product ?? (Workload?)step.Plan?.Recurrent) is { } fixedWork)
        {
            return new StepReport(step.Name, step.Kind.ToString(), fixedWork.Title, null, null, null, fixedWork.Flops, bytes);
        }

        string title = step.Kind == StepKind.Convert ? $"{step.Inputs[0].Kind} to {step.Outputs[0].Kind}" : step.Plan!.Node.Operator;
        return new StepReport(
            step.Name,
            step.Kind.ToString(),
            title,
            null,
            null,
            null,
            step.Outputs.Where(o => o.Kind != StorageKind.Managed).Sum(o => (long)o.Extent.Count),
            bytes);
    }

    private static ImmutableArray<string> FusedInto(PlannedStep step)
    {
        NodePlan node = step.Plan!;
        // No query over values, since these are not precompiled and every load comes here.
        string?[] all =
        [
            node.Before is null ? null : Fusions.DepthwisePointwise,
            node.Epilogue.Activation == "none" ? null : Fusions.Activation,
            node.Epilogue.HasResidual ? Fusions.Residual : null,
            step.Outputs[0].Parent is { Kind: StorageKind.Blocked } ? Fusions.Concat : null,
        ];
        return [.. all.OfType<string>()];
    }
}
