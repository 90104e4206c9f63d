using System.Collections.Concurrent;
using Attune.Devices.Memory;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Narrow;
using Attune.Runtime.Weights;

namespace Attune.Runtime.Execution;

/// <summary>What the kernels of steps run on, on any device: packed weights, tables of constants, values of the plan. Thread-safe but for weights.</summary>
/// <param name="plan">The plan.</param>
internal sealed partial class StepOperands(ExecutionPlan plan)
{
    private readonly ConcurrentBag<AlignedFloats> buffers = [];

    /// <summary>Packed weights and tables that were made; whoever asked for them owns them.</summary>
    public IReadOnlyCollection<AlignedFloats> Buffers => buffers;

    /// <summary>Room for the packed weights of a searched step, and the work that packs them.</summary>
    public unsafe (AlignedFloats Room, PackingWork Work) Weights(PlannedStep step, WeightedWorkload workload, Configuration configuration)
    {
        Node node = step.Plan!.Node;
        var buffer = new AlignedFloats(WeightPacking.PackedCount(workload, configuration), zeroed: false);
        buffers.Add(buffer);
        if (workload is BFloat16Workload)
        {
            Tensor floats = plan.Network.Constants[node.Inputs[1]];
            var brain = StoredWeights.OfBrainFloats(Tensor.Of(floats.Shape, BrainFloatWeights.Of(floats.Elements<float>())), NarrowWeights.ChannelsLast(node));
            return (buffer, WeightPacking.Plan(workload, configuration, brain, buffer.Address));
        }

        if (workload.Weights != WeightFormat.F32)
        {
            return (buffer, WeightPacking.Plan(workload, configuration, NarrowWeights.Of(plan.Network, node)!, buffer.Address));
        }

        Tensor weights = Floats(node, plan.Network.Constants[node.Inputs[1]]);
        int groups = (int)node.Attributes.Int("group", 1);
        WeightSource source = workload is TransposedWorkload transposed ? transposed.Turned(weights.Elements<float>())
            : workload.IsDense || groups == workload.Exit.Groups
            ? WeightSource.Of(weights)
            : GroupMerging.Expand(weights.Elements<float>(), groups, workload.Exit);
        if (step.Plan!.Before is { } first)
        {
            WeightSource depthwise = WeightSource.Of(plan.Network.Constants[first.Inputs[1]]);
            return (buffer, WeightPacking.Plan((PairWorkload)workload, configuration, depthwise, source, buffer.Address));
        }

        bool reductionMajor = workload.IsDense && node.Attributes.Int("transB", 0) == 0;
        return (buffer, WeightPacking.Plan(workload, configuration, source, reductionMajor, buffer.Address));
    }

    /// <summary>Buffers of a searched step's kernel.</summary>
    public Operand[] Of(PlannedStep step, WeightedWorkload workload, AlignedFloats weights)
    {
        Node node = step.Plan!.Node;
        Operand bias = Operand.None;
        if (workload is QuantizedWorkload quantized)
        {
            bias = step.Plan.Narrow!.RunTime is null ? Keep(TableOf(step.Plan, quantized)) : step.Outputs[1];
        }
        else if (step.Plan.Epilogue.HasBias || step.Plan.Inner is { HasBias: true })
        {
            var padded = new float[WeightPacking.BiasCount(workload)];
            int second = workload is PairWorkload pair ? WeightPacking.BiasCount(pair.First) : 0;
            void Copy(Node from, int at) => plan.Network.Constants[from.Inputs[2]].Elements<float>().CopyTo(padded, at);
            if (step.Plan.Epilogue.HasBias)
            {
                Copy(node, second);
            }

            if (step.Plan.Inner is { HasBias: true })
            {
                Copy(step.Plan.Before!, 0);
            }

            bias = Keep(padded);
        }

        return [step.Inputs[0], weights, bias, step.Plan.Epilogue.HasResidual ? step.Inputs[1] : Operand.None, step.Outputs[0]];
    }

    /// <summary>What makes the numbers of a layer whose input has a scale that is known when the network runs; null for other steps.</summary>
    public RescalePart? Rescaling(PlannedStep step, WeightedWorkload workload) => step.Plan?.Narrow?.RunTime is null
        ? null
        : new RescalePart(
            (QuantizedWorkload)workload,
            TableOf(step.Plan, (QuantizedWorkload)workload),
            RequantizationTable.SumsOf(NarrowWeights.Of(plan.Network, step.Plan.Node)!, workload.Exit.OutChannels),
            (step.Inputs[^2], step.Inputs[^1]),
            step.Outputs[1]);

    private Tensor Floats(Node node, Tensor weights) =>
        weights.Element == DataType.Float32 ? weights : Tensor.Of(weights.Shape, NarrowWeights.Of(plan.Network, node)!.Widen());

    private float[] TableOf(NodePlan layer, QuantizedWorkload workload)
    {
        Node node = layer.Node;
        NarrowOperands bytes = layer.Narrow!;
        return RequantizationTable.Of(
            workload,
            NarrowWeights.Of(plan.Network, node)!,
            layer.Epilogue.HasBias ? plan.Network.Constants[node.Inputs[2]].Elements<float>() : null,
            bytes.Input(0)!.Value.Scale!.Value,
            bytes.Output?.Scale,
            layer.Epilogue,
            bytes.Input(FusedOperators.Residual)?.Scale);
    }

    private unsafe AlignedFloats Keep(float[] values)
    {
        var buffer = new AlignedFloats(values.Length);
        values.CopyTo(new Span<float>(buffer.Address, values.Length));
        buffers.Add(buffer);
        return buffer;
    }
}
