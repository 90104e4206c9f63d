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
        "QuantizeLinear" or "DequantizeLinear" => Rescaled(node),
        _ => null,
    };

    /// <summary>Between floats and bytes, or between bytes of two scales.</summary>
    private NodePlan Rescaled(Node node)
    {
        (StorageKind kind, Extent extent) = ElementwiseLayout(node.Inputs[0], node);
        return new NodePlan(node, StepKind.Elementwise, [new Demand(node.Inputs[0], kind)], kind) { InputExtent = extent, OutputExtent = extent };
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
