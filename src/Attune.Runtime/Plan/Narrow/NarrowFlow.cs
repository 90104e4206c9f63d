using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Runtime.Plan.Narrow;

/// <summary>
/// Follows which values of a network are numbers that narrower elements stand for: what loads them as floats costs nothing where its readers take the elements
/// themselves, and what stores them nothing where the only producer writes them. Loads and stores are DequantizeLinear and QuantizeLinear with one constant
/// scale for the whole tensor and zeros that are unsigned bytes, and Cast from and to brain floats.
/// </summary>
/// <param name="network">The network.</param>
internal sealed class NarrowFlow(Network network)
{
    private readonly Dictionary<string, int> reads = network.CountReads();
    private readonly Dictionary<string, (string Elements, NarrowForm Form)> coded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunTimeScale> runTime = new(StringComparer.Ordinal);
    private readonly HashSet<string> formed = [.. LayerAlternatives.Values(network)];
    private readonly Dictionary<string, RunTimeScale> stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte> zeros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> stores = Stores(network);

    /// <summary>The elements that stand for a value, and how; null when there are none.</summary>
    public (string Elements, NarrowForm Form)? Of(string value) =>
        coded.TryGetValue(value, out (string Elements, NarrowForm Form) found) ? found : null;

    /// <summary>States that narrow elements stand for a value.</summary>
    public void Add(string value, string elements, NarrowForm form)
    {
        coded[value] = (elements, form);
        zeros.TryAdd(elements, form.Zero);
    }

    /// <summary>States that bytes stand for a value by a scale that is known when the network runs.</summary>
    public void Add(string value, string bytes, RunTimeScale scale)
    {
        coded[value] = (bytes, NarrowForm.Bytes(QuantizationScale.Unit));
        runTime[value] = scale;
    }

    /// <summary>Where scale and zero of a value's bytes are when the network runs; null when they are constants.</summary>
    public RunTimeScale? RunTimeOf(string value) => runTime.GetValueOrDefault(value);

    /// <summary>States that a node of the plan stores bytes and their scale.</summary>
    /// <param name="store">DynamicQuantizeLinear.</param>
    public void AddStore(Node store) => stored[store.Outputs[0]] = new RunTimeScale(store.Outputs[1], store.Outputs[2]);

    /// <summary>The scale of a DequantizeLinear that loads what a DynamicQuantizeLinear of the plan stored; null for others.</summary>
    public RunTimeScale? RunTimeScaleOf(Node node) =>
        node.Operator == "DequantizeLinear" && node.Inputs.Length == 3 && node.Outputs.Length == 1 && IsOf(node.Outputs[0], DataType.Float32)
            && stored.TryGetValue(node.Inputs[0], out RunTimeScale? scale) && scale == new RunTimeScale(node.Inputs[1], node.Inputs[2])
            ? scale
            : null;

    /// <summary>False when a reader of the same elements takes, or may take, another one for zero: the halo around them can hold but one.</summary>
    public bool Agrees(string elements, byte zero) => zeros.GetValueOrDefault(elements, zero) == zero && !stored.ContainsKey(elements);

    /// <summary>
    /// The store that is the only reader of a node's only output; null when there is none. A layer with forms has none: they write where it does.
    /// </summary>
    public Node? StoreOf(Node node) =>
        node.Outputs.Length == 1 && !formed.Contains(node.Outputs[0]) && reads.GetValueOrDefault(node.Outputs[0]) == 1
            && stores.TryGetValue(node.Outputs[0], out Node? store)
            ? store
            : null;

    /// <summary>True for a node that loads narrow elements as floats.</summary>
    public static bool IsLoad(Node node) =>
        node.Operator == "DequantizeLinear" || (node.Operator == "Cast" && node.Attributes.Int("to", 0) == (long)DataType.Float32);

    /// <summary>True for a node that stores floats as narrow elements.</summary>
    public static bool IsStore(Node node) =>
        node.Operator == "QuantizeLinear" || (node.Operator == "Cast" && node.Attributes.Int("to", 0) == (long)DataType.BFloat16);

    /// <summary>What the elements that a node loads or stores stand for; null when it does neither, or in another form.</summary>
    public NarrowForm? FormOf(Node node)
    {
        bool isStore = IsStore(node);
        if ((!isStore && !IsLoad(node)) || node.Inputs.Length < 1 || node.Outputs.Length != 1 || network.Constants.ContainsKey(node.Inputs[0]))
        {
            return null;
        }

        (string floats, string elements) = isStore ? (node.Inputs[0], node.Outputs[0]) : (node.Outputs[0], node.Inputs[0]);
        if (!IsOf(floats, DataType.Float32))
        {
            return null;
        }

        return node.Operator == "Cast"
            ? IsOf(elements, DataType.BFloat16) ? NarrowForm.BrainFloats : null
            : IsOf(elements, DataType.UInt8) && ScaleOf(node) is { } scale ? NarrowForm.Bytes(scale) : null;
    }

    private QuantizationScale? ScaleOf(Node node) =>
        node.Inputs.Length >= 2 && Constant(node.Inputs[1])?.Data is float[] { Length: 1 } scale && float.IsNormal(scale[0]) && scale[0] > 0
            && ZeroOf(node) is { } zero
            ? new QuantizationScale(scale[0], zero)
            : null;

    private byte? ZeroOf(Node node) =>
        node.Input(2).Length == 0 ? (byte)0 : Constant(node.Input(2))?.Data is byte[] { Length: 1 } zero ? zero[0] : null;

    private Tensor? Constant(string name) => network.Constants.GetValueOrDefault(name);

    private bool IsOf(string value, DataType element) =>
        network.Types.TryGetValue(value, out TensorType? type) && type.Element == element && type.Shape.Count > 0;

    private static Dictionary<string, Node> Stores(Network network)
    {
        var found = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (Node node in network.Nodes.Where(node => IsStore(node) && node.Inputs.Length > 0))
        {
            found.TryAdd(node.Inputs[0], node);
        }

        return found;
    }
}
