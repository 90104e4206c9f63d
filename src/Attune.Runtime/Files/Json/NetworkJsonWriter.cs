using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Attune.Kernels;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Files.Json;

/// <summary>
/// Writes a network as JSON. Elements of tensors go to the weights, except texts, which stay in the JSON; a tensor says where its elements lie.
/// Dictionaries are written in ordinal order, so equal networks give equal bytes.
/// </summary>
internal sealed class NetworkJsonWriter(Utf8JsonWriter json, WeightLayout weights)
{
    /// <summary>The JSON of a network; its constants are added to the weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Receives the constants.</param>
    /// <param name="open">The same model before its shapes were fixed; null for none.</param>
    public static byte[] Write(Network network, WeightLayout weights, OpenNetwork? open = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            new NetworkJsonWriter(json, weights).Network(network, open);
        }

        return stream.ToArray();
    }

    /// <summary>Bytes of one element in the weights; 0 for texts.</summary>
    public static int ElementBytes(DataType element) => element switch
    {
        DataType.String => 0,
        DataType.Bool or DataType.Int8 or DataType.UInt8 => 1,
        DataType.Int16 or DataType.UInt16 or DataType.Float16 or DataType.BFloat16 => 2,
        DataType.Int32 or DataType.UInt32 or DataType.Float32 => 4,
        _ => 8,
    };

    private void Network(Network network, OpenNetwork? open = null)
    {
        json.WriteStartObject();
        json.WriteString("name", network.Name);
        Values("inputs", network.Inputs);
        Values("outputs", network.Outputs);
        json.WriteStartArray("nodes");
        foreach (Node node in network.Nodes)
        {
            Node(node);
        }

        json.WriteEndArray();
        json.WriteStartObject("constants");
        foreach ((string name, Tensor tensor) in network.Constants.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(name);
            Tensor(tensor);
        }

        json.WriteEndObject();
        json.WriteStartObject("types");
        foreach ((string name, TensorType type) in network.Types.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            Type(type);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (open is not null)
        {
            json.WriteStartObject("open");
            OpenInputs(open.Inputs);
            json.WritePropertyName("network");
            Network(open.Network);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void OpenInputs(ImmutableArray<OpenInput> inputs)
    {
        json.WriteStartArray("inputs");
        foreach (OpenInput input in inputs)
        {
            json.WriteStartObject();
            json.WriteString("name", input.Name);
            json.WriteString("element", input.Element.ToString());
            if (input.Extents is { } extents)
            {
                json.WriteStartArray("extents");
                foreach (OpenExtent extent in extents)
                {
                    json.WriteStartObject();
                    json.WriteNumber("value", extent.Value);
                    json.WriteString("symbol", extent.Symbol);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Values(string property, ImmutableArray<NetworkValue> values)
    {
        json.WriteStartArray(property);
        foreach (NetworkValue value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            Type(value.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Node(Node node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("operator", node.Operator);
        json.WriteNumber("opset", node.Opset);
        Texts("inputs", node.Inputs);
        Texts("outputs", node.Outputs);
        json.WriteStartObject("attributes");
        foreach ((string name, object value) in node.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            Attribute(value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Attribute(object value)
    {
        switch (value)
        {
            case long number:
                json.WriteNumber("int", number);
                break;
            case float number:
                json.WritePropertyName("float");
                Float(number);
                break;
            case string text:
                json.WriteString("text", text);
                break;
            case ImmutableArray<long> list:
                json.WriteStartArray("ints");
                foreach (long item in list)
                {
                    json.WriteNumberValue(item);
                }

                json.WriteEndArray();
                break;
            case ImmutableArray<float> list:
                json.WriteStartArray("floats");
                foreach (float item in list)
                {
                    Float(item);
                }

                json.WriteEndArray();
                break;
            case ImmutableArray<string> list:
                Texts("texts", list);
                break;
            case Tensor tensor:
                json.WritePropertyName("tensor");
                Tensor(tensor);
                break;
            case Network network:
                json.WritePropertyName("network");
                Network(network);
                break;
            default:
                throw new ArgumentException($"An attribute of type {value.GetType().Name} cannot be stored.", nameof(value));
        }
    }

    private void Tensor(Tensor tensor)
    {
        json.WriteStartObject();
        Type(tensor.Type);
        if (tensor.Data is string[] texts)
        {
            Texts("texts", [.. texts]);
        }
        else
        {
            json.WriteNumber("position", weights.Add(tensor.Data, tensor.Data.LongLength * ElementBytes(tensor.Element)));
        }

        json.WriteEndObject();
    }

    private void Type(TensorType type)
    {
        json.WriteString("element", type.Element.ToString());
        json.WriteStartArray("shape");
        foreach (long extent in type.Shape.Dimensions)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
    }

    private void Texts(string property, ImmutableArray<string> texts)
    {
        json.WriteStartArray(property);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    // JSON has no word for what is not finite; a NaN keeps its bits.
    private void Float(float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue("0x" + Unsafe.BitCast<float, uint>(value).ToString("x8", CultureInfo.InvariantCulture));
        }
    }
}
