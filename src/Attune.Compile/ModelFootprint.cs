using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Plan;

namespace Attune.Compile;

/// <summary>Memory that a model needs, from its memory plan; exact for what the plan decides, without compiling anything.</summary>
/// <param name="ArenaBytes">Activations: the arena in which values live whose lifetimes do not overlap; equals <see cref="CompiledModel.ArenaBytes"/>.</param>
/// <param name="WeightBytes">Constants as they are stored: the model's size. Packing may pad them.</param>
/// <param name="BoundaryBytes">Inputs and outputs.</param>
public sealed record ModelFootprint(long ArenaBytes, long WeightBytes, long BoundaryBytes)
{
    /// <summary>
    /// Most bytes in use during an inference, workspace of kernels not counted: that depends on their configurations
    /// (<see cref="CompiledModel.WorkspaceBytes"/>).
    /// </summary>
    public long PeakBytes => ArenaBytes + WeightBytes + BoundaryBytes;

    /// <summary>The footprint of a fused network. Weights need no values.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    /// <param name="formatOf">As for <see cref="ModelUnit.Of(Network, KernelTarget, Func{string, WeightFormat}?)"/>.</param>
    public static ModelFootprint Of(Network network, KernelTarget target, Func<string, WeightFormat>? formatOf = null)
    {
        var plan = ExecutionPlan.Create(network, target);
        long saved = formatOf is null ? 0 : plan.Steps.Where(step => step.Kind == StepKind.Convolution).Sum(step => Saved(step, formatOf));
        long weights = network.Constants.Values.Distinct().Sum(tensor => (long)tensor.Count * NetworkJsonWriter.ElementBytes(tensor.Element));
        long boundary = network.Inputs.Concat(network.Outputs).Sum(value => value.Type.Shape.Count * (long)NetworkJsonWriter.ElementBytes(value.Type.Element));
        return new ModelFootprint(plan.ArenaFloats * sizeof(float), weights - saved, boundary);
    }

    // A narrow layer keeps a scale for every output channel besides.
    private static long Saved(PlannedStep step, Func<string, WeightFormat> formatOf)
    {
        WeightedWorkload workload = ExecutionPlan.WorkloadOf(step);
        Node node = step.Plan!.Node;
        WeightFormat format = workload is { AllowsNarrowWeights: true, Weights: WeightFormat.F32 } && node.Attributes.Int("group", 1) == 1
            ? formatOf(node.Name)
            : WeightFormat.F32;
        return format == WeightFormat.F32
            ? 0
            : (workload.WeightCount * (sizeof(float) - WeightFormats.BytesOf(format))) - ((long)workload.Exit.OutChannels * sizeof(float));
    }
}
