using System.Collections.Immutable;
using System.Globalization;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Compile;

/// <summary>
/// One thing that a model executes, as latency models count it: a step of the execution plan after fusion. Steps with equal keys do the same work and take
/// about the same time wherever they stand.
/// </summary>
/// <param name="Name">Name of the step.</param>
/// <param name="Key">
/// What it does, with shapes, layouts, weight format and what is fused into it; for searched kernels the task's key comes first, up to a '|'.
/// </param>
/// <param name="Workload">Geometry of a searched kernel; null for other steps.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written at least once: activations and weights.</param>
public sealed record ModelUnit(string Name, string Key, WeightedWorkload? Workload, long Flops, long Bytes)
{
    /// <summary>Separates a task's key from what is fused into the step.</summary>
    public const char FusedMark = '|';

    /// <summary>What a searched kernel multiplies; floats for other steps.</summary>
    public DataType Multiplies => Workload is NarrowWorkload narrow ? narrow.InputElement : DataType.Float32;

    /// <summary>Key of the tuning task; null for steps that are not searched.</summary>
    public string? TaskKey => Workload?.Key;

    /// <summary>The units of a fused network in order of execution, pairs of steps that tuning may fuse counted as two. Weights need no values.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    /// <param name="formatOf">
    /// Format in which the weights of a node shall be stored, where they are 32-bit floats in the network; null leaves all as they are.
    /// </param>
    public static ImmutableArray<ModelUnit> Of(Network network, KernelTarget target, Func<string, WeightFormat>? formatOf = null)
    {
        var plan = ExecutionPlan.Create(network, target);
        return [.. plan.Steps.Where(step => step.Kind != StepKind.Alias).Select(step => Of(step, network, formatOf))];
    }

    private static ModelUnit Of(PlannedStep step, Network network, Func<string, WeightFormat>? formatOf)
    {
        long bytes = step.Inputs.Concat(step.Outputs).Where(storage => storage.Kind != StorageKind.Managed)
            .Sum(storage => (long)storage.Extent.Count * sizeof(float) / storage.PerFloat);
        if (step.Kind == StepKind.Convolution)
        {
            WeightedWorkload workload = ExecutionPlan.WorkloadOf(step);
            Node node = step.Plan!.Node;
            if (formatOf is not null && workload is { AllowsNarrowWeights: true, Weights: WeightFormat.F32 } && node.Attributes.Int("group", 1) == 1)
            {
                workload = workload with { Weights = formatOf(node.Name) };
            }

            Epilogue epilogue = step.Plan.Epilogue;
            string fused = $"{epilogue.Activation}{(epilogue.HasResidual ? "+residual" : string.Empty)}";
            return new ModelUnit(step.Name, $"{workload.Key}{FusedMark}{fused}", workload, workload.Flops, bytes + workload.WeightBytes);
        }

        string operation = step.Plan?.Node.Operator ?? $"{step.Inputs[0].Kind}-to-{step.Outputs[0].Kind}";
        string shapes = string.Join(',', step.Inputs.Select(storage => Text(network, storage))) + ">" + string.Join(
            ',', step.Outputs.Select(storage => Text(network, storage)));
        long flops = step.Plan?.Attention?.Flops ?? step.Plan?.Product?.Flops ?? step.Outputs.Where(
            output => output.Kind != StorageKind.Managed).Sum(output => (long)output.Extent.Count);
        return new ModelUnit(step.Name, string.Create(CultureInfo.InvariantCulture, $"{step.Kind}/{operation}/{shapes}"), null, flops, bytes);
    }

    // Floats are not named: keys of networks of floats are those of records from before there were others.
    private static string Text(Network network, Storage storage)
    {
        string extents = network.Types.TryGetValue(storage.Value, out TensorType? type)
            ? string.Join('x', type.Shape.Dimensions.ToArray())
            : storage.Extent.ToString();
        return storage.IsNarrow ? $"{extents}:{storage.Element}" : extents;
    }
}
