using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan.Narrow;
using Attune.Runtime.Weights;

namespace Attune.Runtime.Plan;

/// <content>Nodes of which some operands are narrower than floats.</content>
internal sealed partial class NodeClassifier
{
    // Sums of so many products of bytes stay within 32 bits: 2^31 over 255 times 128.
    private const long MaxProducts = int.MaxValue / (255 * 128);

    private NodePlan? NarrowTemplate(Node node, NarrowOperands narrow) => node.Operator switch
    {
        FusedOperators.Convolution when narrow.Input(0) is not null => Convolution(node, narrow),
        FusedOperators.Dense when narrow.Input(0) is not null => Dense(node, narrow),
        "MaxPool" => Pooling(node, StepKind.MaxPool, narrow),
        "AveragePool" => Pooling(node, StepKind.AveragePool, narrow),
        "GlobalAveragePool" => GlobalAverage(node),
        "ReduceMean" when ReducesImage(node) => GlobalAverage(node),
        "Add" or "Sub" or "Mul" or "Div" => Binary(node),
        "Relu" or "Sigmoid" or "Tanh" or "LeakyRelu" or "HardSigmoid" or "HardSwish" or "Clip" or "Gelu" => Activation(node),
        "Concat" when node.Inputs.Select((_, i) => narrow.Input(i)).All(form => form is not null && form == narrow.Output) => Concat(node) ?? Joined(node),
        "Resize" or "Upsample" when narrow.IsMove => Enlargement(node),
        "Transpose" when narrow.IsMove => Transpose(node),
        "Slice" when narrow.IsMove => Slice(node),
        "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Identity" when narrow.IsMove => Alias(node),
        "QuantizeLinear" or "Cast" when narrow.Input(0) is null && produced.GetValueOrDefault(node.Inputs[0]) != StorageKind.Blocked => Rounded(node),
        "QuantizeLinear" or "DequantizeLinear" or "Cast" => Rescaled(node),
        _ => null,
    };

    /// <summary>Between floats and narrower elements, or between bytes of two scales.</summary>
    private NodePlan Rescaled(Node node)
    {
        (StorageKind kind, Extent extent) = ElementwiseLayout(node.Inputs[0], node);
        return new NodePlan(node, StepKind.Elementwise, [new Demand(node.Inputs[0], kind)], kind) { InputExtent = extent, OutputExtent = extent };
    }

    /// <summary>
    /// Dense floats to narrower elements: images straight to the layout that convolutions read, with a pixel of few channels in four elements where nobody else
    /// reads it; everything else as it lies.
    /// </summary>
    private NodePlan Rounded(Node node)
    {
        if (network.TypeOf(node.Outputs[0]).Shape is not { Rank: 4 } shape || !FeedsImages(node.Outputs[0]))
        {
            return Rescaled(node);
        }

        StorageKind kind = produced.GetValueOrDefault(node.Inputs[0]) == StorageKind.External ? StorageKind.External : StorageKind.Plain;
        var extent = Extent.OfImage(shape);
        return new NodePlan(node, StepKind.Quantize, [new Demand(node.Inputs[0], kind)], StorageKind.Blocked)
        {
            InputExtent = extent,
            OutputExtent = extent,
            PixelChannels = HasFewChannels(node.Outputs[0]) ? QuantizedWorkload.Neighbours : 0,
        };
    }

    /// <summary>
    /// Floats to bytes whose scale follows from them: images straight to the layout that convolutions read, where there are any; everything else as it lies.
    /// </summary>
    public NodePlan Ranged(Node node)
    {
        string bytes = node.Outputs[0];
        StorageKind from = produced.GetValueOrDefault(node.Inputs[0]);
        Node[] loads = [.. network.Nodes.Where(reader => reader.Inputs.Contains(bytes) && NarrowFlow.IsLoad(reader))];
        bool isImage = network.TypeOf(bytes).Shape.Rank == 4 && network.Nodes.Any(
            reader => reader.Operator == FusedOperators.Convolution && Array.Exists(loads, load => load.Outputs[0] == reader.Inputs[0]));
        StorageKind kind = from == StorageKind.External || (from == StorageKind.Blocked && isImage) ? from : StorageKind.Plain;
        return new NodePlan(node, StepKind.DynamicQuantize, [new Demand(node.Inputs[0], kind)], isImage ? StorageKind.Blocked : StorageKind.Plain)
        {
            PixelChannels = isImage && HasFewChannels(bytes) ? QuantizedWorkload.Neighbours : 0,
        };
    }

    /// <summary>True for images whose pixels fit into four elements, and are read so by all that reads them.</summary>
    private bool HasFewChannels(string value) =>
        network.TypeOf(value).Shape[1] <= QuantizedWorkload.Neighbours
            && network.Nodes.Where(reader => reader.Inputs.Contains(value)).All(FeedsConvolutions);

    /// <summary>True when some reader takes the elements, or the numbers they stand for, as images.</summary>
    private bool FeedsImages(string value) => network.Nodes.Any(reader =>
        reader.Inputs.Contains(value)
        && (NarrowFlow.IsLoad(reader)
            ? FeedsImages(reader.Outputs[0])
            : reader.Operator is FusedOperators.Convolution or "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Concat"));

    /// <summary>True for a load whose only readers are convolutions of one group on narrow elements, as their input.</summary>
    private bool FeedsConvolutions(Node node)
    {
        return NarrowFlow.IsLoad(node) && network.Nodes.Where(reader => reader.Inputs.Contains(node.Outputs[0])).All(IsConvolution)
            && network.Outputs.All(output => output.Name != node.Outputs[0]);

        bool IsConvolution(Node reader) =>
            reader.Operator == FusedOperators.Convolution && reader.Inputs.LastIndexOf(node.Outputs[0]) == 0 && reader.Attributes.Int("group", 1) == 1
            && (node.Operator == "Cast" ? BrainFloatWeights.AreHeld(network, reader) : network.TypeOf(reader.Inputs[1]).Element == DataType.Int8);
    }

    private static NarrowWorkload Narrowed(ConvolutionWorkload workload, NarrowOperands narrow)
    {
        DataType output = narrow.Output?.Element ?? DataType.Float32;
        return narrow.Element == DataType.UInt8
            ? new QuantizedWorkload(workload) { OutputElement = output }
            : new BFloat16Workload(workload) { OutputElement = output };
    }

    /// <summary>True when a layer's weights are what kernels multiply its activations with.</summary>
    private bool Multiplies(Node node, WeightFormat format, NarrowOperands? narrow) => narrow?.Element switch
    {
        null => true,
        DataType.UInt8 => format == WeightFormat.I8,
        _ => format == WeightFormat.F32 && BrainFloatWeights.AreHeld(network, node),
    };

    private bool HasRoom(Node node, ConvolutionWorkload workload) => HasPairs(node, workload) &&
        (workload is not QuantizedWorkload || (long)workload.GroupInChannels * workload.KernelHeight * workload.KernelWidth <= MaxProducts)
        && TemplateRegistry.All.Any(template => template.Applies(workload, target));

    /// <summary>
    /// True unless a product of two brain floats reads a channel that does not exist, and may find something there that is no number: times a weight of zero
    /// that is none either. Images that are stored from dense floats have zeros there.
    /// </summary>
    private bool HasPairs(Node node, ConvolutionWorkload workload) =>
        workload is not BFloat16Workload { HasOneChannelPerGroup: false } || workload.GroupInChannels % BFloat16Workload.Neighbours == 0
        || (!workload.IsDense && network.Nodes.FirstOrDefault(store => store.Outputs.Contains(node.Inputs[0])) is { } first && NarrowFlow.IsStore(first)
            && produced.TryGetValue(first.Inputs[0], out StorageKind kind) && kind is StorageKind.External or StorageKind.Plain);

    /// <summary>True when the activations of a node are the narrow elements that are stated, and floats else.</summary>
    private bool AllOf(Node node, NarrowOperands narrow)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            bool isActivation = node.Inputs[i].Length > 0 && !network.Constants.ContainsKey(node.Inputs[i]);
            if (isActivation && !Is(node.Inputs[i], narrow.Input(i)))
            {
                return false;
            }
        }

        return node.Outputs.Where(output => output.Length > 0).All(output => Is(output, narrow.Output));

        bool Is(string value, NarrowForm? form) =>
            network.Types.TryGetValue(value, out TensorType? type) && type.Element == (form?.Element ?? DataType.Float32) && type.Shape.Count > 0;
    }
}
