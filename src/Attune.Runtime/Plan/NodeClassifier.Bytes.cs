using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan.Bytes;

namespace Attune.Runtime.Plan;

/// <content>Nodes of which some operands are bytes.</content>
internal sealed partial class NodeClassifier
{
    // Sums of so many products stay within 32 bits: 2^31 over 255 times 128.
    private const long MaxProducts = int.MaxValue / (255 * 128);

    private NodePlan? ByteTemplate(Node node, ByteOperands bytes) => node.Operator switch
    {
        FusedOperators.Convolution when bytes.Input(0) is not null => Convolution(node, bytes),
        FusedOperators.Dense when bytes.Input(0) is not null => Dense(node, bytes),
        "MaxPool" => Pooling(node, StepKind.MaxPool, bytes),
        "AveragePool" => Pooling(node, StepKind.AveragePool, bytes),
        "GlobalAveragePool" => GlobalAverage(node),
        "ReduceMean" when ReducesImage(node) => GlobalAverage(node),
        "Add" or "Sub" or "Mul" or "Div" => Binary(node),
        "Relu" or "Sigmoid" or "Tanh" or "LeakyRelu" or "HardSigmoid" or "HardSwish" or "Clip" or "Gelu" => Activation(node),
        "Concat" when node.Inputs.Select((_, i) => bytes.Input(i)).All(scale => scale is not null && scale == bytes.Output) => Concat(node),
        "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Identity" when bytes.IsMove => Alias(node),
        "QuantizeLinear" when bytes.Input(0) is null && produced.GetValueOrDefault(node.Inputs[0]) != StorageKind.Blocked => Rounded(node),
        "QuantizeLinear" or "DequantizeLinear" => Rescaled(node),
        _ => null,
    };

    /// <summary>Between floats and bytes, or between bytes of two scales.</summary>
    private NodePlan Rescaled(Node node)
    {
        (StorageKind kind, Extent extent) = ElementwiseLayout(node.Inputs[0], node);
        return new NodePlan(node, StepKind.Elementwise, [new Demand(node.Inputs[0], kind)], kind) { InputExtent = extent, OutputExtent = extent };
    }

    /// <summary>
    /// Dense floats to bytes: images straight to the layout that convolutions read, with a pixel of few channels in the bytes that are multiplied at once where
    /// nobody else reads it; everything else as it lies.
    /// </summary>
    private NodePlan Rounded(Node node)
    {
        if (network.TypeOf(node.Outputs[0]).Shape is not { Rank: 4 } shape || !FeedsImages(node.Outputs[0]))
        {
            return Rescaled(node);
        }

        StorageKind kind = produced.GetValueOrDefault(node.Inputs[0]) == StorageKind.External ? StorageKind.External : StorageKind.Plain;
        bool few = shape[1] <= QuantizedWorkload.Neighbours && network.Nodes.Where(reader => reader.Inputs.Contains(node.Outputs[0])).All(FeedsConvolutions);
        var extent = Extent.OfImage(shape);
        return new NodePlan(node, StepKind.Quantize, [new Demand(node.Inputs[0], kind)], StorageKind.Blocked)
        {
            InputExtent = extent,
            OutputExtent = extent,
            PixelChannels = few ? QuantizedWorkload.Neighbours : 0,
        };
    }

    /// <summary>True when some reader takes the bytes, or the numbers they stand for, as images.</summary>
    private bool FeedsImages(string value) => network.Nodes.Any(reader =>
        reader.Inputs.Contains(value)
        && (reader.Operator == "DequantizeLinear"
            ? FeedsImages(reader.Outputs[0])
            : reader.Operator is FusedOperators.Convolution or "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Concat"));

    /// <summary>True for a DequantizeLinear whose only readers are convolutions of one group with weights of bytes, as their input.</summary>
    private bool FeedsConvolutions(Node node)
    {
        return node.Operator == "DequantizeLinear" && network.Nodes.Where(reader => reader.Inputs.Contains(node.Outputs[0])).All(IsConvolution)
            && network.Outputs.All(output => output.Name != node.Outputs[0]);

        bool IsConvolution(Node reader) =>
            reader.Operator == FusedOperators.Convolution && reader.Inputs.LastIndexOf(node.Outputs[0]) == 0 && reader.Attributes.Int("group", 1) == 1
            && network.TypeOf(reader.Inputs[1]).Element == DataType.Int8;
    }

    private static QuantizedWorkload Quantized(ConvolutionWorkload workload, ByteOperands bytes) =>
        new(workload) { OutputElement = bytes.Output is null ? DataType.Float32 : DataType.UInt8 };

    private bool HasRoom(ConvolutionWorkload workload) =>
        (long)workload.GroupInChannels * workload.KernelHeight * workload.KernelWidth <= MaxProducts
        && TemplateRegistry.All.Any(template => template.Applies(workload, target));

    /// <summary>True when the activations of a node are the bytes that are stated, and floats else.</summary>
    private bool AllOf(Node node, ByteOperands bytes)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            bool isActivation = node.Inputs[i].Length > 0 && !network.Constants.ContainsKey(node.Inputs[i]);
            if (isActivation && !Is(node.Inputs[i], bytes.Input(i) is not null))
            {
                return false;
            }
        }

        return node.Outputs.Where(output => output.Length > 0).All(output => Is(output, bytes.Output is not null));

        bool Is(string value, bool isBytes) =>
            network.Types.TryGetValue(value, out TensorType? type) && type.Element == (isBytes ? DataType.UInt8 : DataType.Float32) && type.Shape.Count > 0;
    }
}
