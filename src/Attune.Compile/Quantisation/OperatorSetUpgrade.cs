using System.Collections.Frozen;
using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Writes networks of older operator sets in the one in which scales per channel came. Most operators are the same there; some have their attributes as inputs
/// since. Stateless.
/// </summary>
internal static class OperatorSetUpgrade
{
    /// <summary>The oldest operator set that is upgraded: broadcasts were others before.</summary>
    public const int Oldest = 7;

    private const int Target = NetworkQuantiser.OldestOpset;

    // The operator set since which each is written, and means, what it does in the target.
    private static readonly FrozenDictionary<string, int> Since = new Dictionary<int, string>
    {
        [1] = "Abs ArgMax ArgMin AveragePool Cast Ceil Concat ConvTranspose Conv DepthToSpace Elu Exp Flatten Floor Gather GlobalAveragePool GlobalMaxPool "
            + "HardSigmoid Identity InstanceNormalization LeakyRelu Log LpNormalization LRN MatMul Max MaxPool Mean Min Neg Not ReduceL1 ReduceL2 "
            + "ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Reciprocal Relu Reshape Selu Shape Sigmoid Size "
            + "Softplus Softsign SpaceToDepth Sqrt Sum Tanh Tile Transpose",
        [2] = "GlobalLpPool LpPool",
        [7] = "Acos Add And Asin Atan BatchNormalization Cos Div Equal Gemm Greater Less Mul Or Pow PRelu Sin Sub Tan Xor",
        [8] = "Expand",
        [9] = "Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MeanVarianceNormalization NonZero Shrink Sign Sinh Where",
        [10] = "IsInf Mod ReverseSequence Slice ThresholdedRelu",
        [11] = "BitShift Clip CumSum GatherElements GatherND OneHot Pad Range Resize Round ScatterElements ScatterND TopK Unique",
        [12] = "Celu Einsum GreaterOrEqual LessOrEqual",
    }.SelectMany(entry => entry.Value.Split(' ').Select(name => (name, entry.Key))).ToFrozenDictionary(pair => pair.name, pair => pair.Key);

    /// <summary>The network in the target's operator set.</summary>
    /// <param name="network">A network; nodes of the target's set or newer ones stay.</param>
    /// <returns>The network; the name of an operator that is not known to mean the same there.</returns>
    public static Result<Network, string> Run(Network network)
    {
        ImmutableDictionary<string, Tensor>.Builder constants = network.Constants.ToBuilder();
        ImmutableDictionary<string, TensorType>.Builder types = network.Types.ToBuilder();
        var nodes = ImmutableArray.CreateBuilder<Node>(network.Nodes.Length);
        foreach (Node node in network.Nodes)
        {
            if (node.Opset >= Target || node.Operator.Contains('.'))
            {
                nodes.Add(node);
            }
            else if (Since.TryGetValue(node.Operator, out int since) && node.Opset >= since)
            {
                nodes.Add(node with { Opset = Target });
            }
            else if (Rewritten(network, node, Constant) is { } rewritten)
            {
                nodes.Add(rewritten with { Opset = Target });
            }
            else
            {
                return node.Operator;
            }
        }

        return network with { Nodes = nodes.ToImmutable(), Constants = constants.ToImmutable(), Types = types.ToImmutable() };

        string Constant(string wanted, Tensor tensor)
        {
            string name = UnusedName.Of(wanted, types.ContainsKey);
            constants.Add(name, tensor);
            types.Add(name, tensor.Type);
            return name;
        }
    }

    private static Node? Rewritten(Network network, Node node, Func<string, Tensor, string> constant)
    {
        string Whole(string attribute) => node.Attributes.Ints(attribute) is { } numbers
            ? constant($"{node.Name}.{attribute}", Tensor.Vector([.. numbers])) : string.Empty;
        string Real(string attribute, float? absent) => node.Attributes.Has(attribute) || absent is not null
            ? constant($"{node.Name}.{attribute}", Tensor.Scalar(node.Attributes.Float(attribute, absent ?? 0))) : string.Empty;
        bool floats = network.TypeOf(node.Inputs[0]).Element == DataType.Float32;
        switch (node.Operator)
        {
            case "Squeeze" or "Unsqueeze" or "ReduceSum" when node.Inputs.Length == 1:
                return With(node, ["axes"], Whole("axes"));
            case "Split" when node.Inputs.Length == 1:
                return With(node, ["split"], Whole("split"));
            case "Clip" when node.Opset >= 6 && floats:
                return With(node, ["min", "max"], Real("min", null), Real("max", null));
            case "Pad" when node.Opset >= 2 && floats && node.Attributes.Has("pads"):
                return With(node, ["pads", "value"], Whole("pads"), Real("value", 0));
            case "Slice" when node.Inputs.Length == 1:
                return With(node, ["starts", "ends", "axes"], Whole("starts"), Whole("ends"), Whole("axes"));
            case "Softmax" or "LogSoftmax" or "Hardmax":
                return AlongOneAxis(network, node);
            default:
                return null;
        }
    }

    private static Node With(Node node, string[] moved, params ReadOnlySpan<string> inputs)
    {
        Attributes left = moved.Aggregate(node.Attributes, static (attributes, name) => attributes.Without(name));
        int used = inputs.Length;
        while (used > 0 && inputs[used - 1].Length == 0)
        {
            used--;
        }

        return node with { Inputs = [.. node.Inputs, .. inputs[..used]], Attributes = left };
    }

    // All axes from the one named on were one; that is the same where only one of them has an extent.
    private static Node? AlongOneAxis(Network network, Node node)
    {
        Shape shape = network.TypeOf(node.Inputs[0]).Shape;
        long axis = node.Attributes.Int("axis", 1);
        axis = axis < 0 ? axis + shape.Rank : axis;
        int[] wide = [.. Enumerable.Range(0, shape.Rank).Where(i => i >= axis && shape.Dimensions[i] != 1)];
        long one = wide is [var only] ? only : axis;
        return wide.Length <= 1 && axis < shape.Rank ? node with { Attributes = node.Attributes.With("axis", one) } : null;
    }
}
