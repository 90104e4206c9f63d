using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Runtime.Plan.Bytes;

/// <summary>
/// Follows which values of a network are numbers that bytes stand for: a DequantizeLinear costs nothing where its readers take the bytes, and a QuantizeLinear
/// nothing where the only producer writes them. Scales are one constant for the whole tensor, and zeros unsigned bytes.
/// </summary>
/// <param name="network">The network.</param>
internal sealed class ByteFlow(Network network)
{
    private readonly Dictionary<string, int> reads = network.CountReads();
    private readonly Dictionary<string, (string Bytes, QuantizationScale Scale)> coded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunTimeScale> runTime = new(StringComparer.Ordinal);
    private readonly HashSet<string> dynamic = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte> zeros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> quantizers = Quantizers(network);

    /// <summary>The bytes that stand for a value, and how; null when there are none.</summary>
    public (string Bytes, QuantizationScale Scale)? Of(string value) =>
        coded.TryGetValue(value, out (string Bytes, QuantizationScale Scale) found) ? found : null;

    /// <summary>States that bytes stand for a value.</summary>
    public void Add(string value, string bytes, QuantizationScale scale)
    {
        coded[value] = (bytes, scale);
        zeros.TryAdd(bytes, scale.Zero);
    }

    /// <summary>States that bytes stand for a value by a scale that is known when the network runs.</summary>
    public void Add(string value, string bytes, RunTimeScale scale)
    {
        coded[value] = (bytes, QuantizationScale.Unit);
        runTime[value] = scale;
    }

    /// <summary>Where scale and zero of a value's bytes are when the network runs; null when they are constants.</summary>
    public RunTimeScale? RunTimeOf(string value) => runTime.GetValueOrDefault(value);

    /// <summary>States that a node of the plan stores bytes and their scale.</summary>
    /// <param name="store">DynamicQuantizeLinear.</param>
    public void AddStore(Node store) => dynamic.Add(string.Join('\n', store.Outputs.Take(3)));

    /// <summary>The scale of a DequantizeLinear that loads what a DynamicQuantizeLinear of the plan stored; null for others.</summary>
    public RunTimeScale? RunTimeScaleOf(Node node) =>
        node.Operator == "DequantizeLinear" && node.Inputs.Length == 3 && node.Outputs.Length == 1 && dynamic.Contains(string.Join('\n', node.Inputs))
            && IsOf(node.Outputs[0], DataType.Float32)
            ? new RunTimeScale(node.Inputs[1], node.Inputs[2])
            : null;

    /// <summary>False when a reader of the same bytes takes another one for zero: the halo around them can hold but one.</summary>
    public bool Agrees(string bytes, byte zero) => zeros.GetValueOrDefault(bytes, zero) == zero;

    /// <summary>The QuantizeLinear that is the only reader of a node's only output; null when there is none.</summary>
    public Node? QuantizerOf(Node node) =>
        node.Outputs.Length == 1 && reads.GetValueOrDefault(node.Outputs[0]) == 1 && quantizers.TryGetValue(node.Outputs[0], out Node? quantizer)
            ? quantizer
            : null;

    /// <summary>The scale of a QuantizeLinear or DequantizeLinear; null when it is none, or one of another form.</summary>
    public QuantizationScale? ScaleOf(Node node)
    {
        int narrow = node.Operator switch
        {
            "QuantizeLinear" => 1,
            "DequantizeLinear" => 0,
            _ => -1,
        };
        if (narrow < 0 || node.Inputs.Length < 2 || node.Outputs.Length != 1)
        {
            return null;
        }

        (string floats, string bytes) = narrow == 1 ? (node.Inputs[0], node.Outputs[0]) : (node.Outputs[0], node.Inputs[0]);
        bool typed = IsOf(floats, DataType.Float32) && IsOf(bytes, DataType.UInt8) && !network.Constants.ContainsKey(node.Inputs[0]);
        return typed && Constant(node.Inputs[1])?.Data is float[] { Length: 1 } scale && float.IsNormal(scale[0]) && scale[0] > 0 && ZeroOf(node) is { } zero
            ? new QuantizationScale(scale[0], zero)
            : null;
    }

    private byte? ZeroOf(Node node) =>
        node.Input(2).Length == 0 ? (byte)0 : Constant(node.Input(2))?.Data is byte[] { Length: 1 } zero ? zero[0] : null;

    private Tensor? Constant(string name) => network.Constants.GetValueOrDefault(name);

    private bool IsOf(string value, DataType element) =>
        network.Types.TryGetValue(value, out TensorType? type) && type.Element == element && type.Shape.Count > 0;

    private static Dictionary<string, Node> Quantizers(Network network)
    {
        var found = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (Node node in network.Nodes.Where(node => node.Operator == "QuantizeLinear" && node.Inputs.Length > 0))
        {
            found.TryAdd(node.Inputs[0], node);
        }

        return found;
    }
}
