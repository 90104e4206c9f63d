using System.Collections.Immutable;
using Attune.Kernels;
using Google.Protobuf;
using Kind = Attune.Graph.Onnx.AttributeProto.Types.Kind;

namespace Attune.Graph.Onnx;

/// <summary>Turns an attribute into the format's message.</summary>
internal static class AttributeWriter
{
    /// <summary>Writes one attribute; sub-graphs through the given function.</summary>
    public static AttributeProto Write(string name, object value, Func<Network, GraphProto> nested)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case long number:
                proto.Type = Kind.Int;
                proto.I = number;
                break;
            case float number:
                proto.Type = Kind.Float;
                proto.F = number;
                break;
            case string text:
                proto.Type = Kind.String;
                proto.S = ByteString.CopyFromUtf8(text);
                break;
            case Tensor tensor:
                proto.Type = Kind.Tensor;
                proto.T = OnnxTensorWriter.Write(tensor, string.Empty);
                break;
            case Network graph:
                proto.Type = Kind.Graph;
                proto.G = nested(graph);
                break;
            case ImmutableArray<long> list:
                proto.Type = Kind.Ints;
                proto.Ints.AddRange(list);
                break;
            case ImmutableArray<float> list:
                proto.Type = Kind.Floats;
                proto.Floats.AddRange(list);
                break;
            case ImmutableArray<string> list:
                proto.Type = Kind.Strings;
                proto.Strings.AddRange(list.Select(ByteString.CopyFromUtf8));
                break;
            default:
                throw new ArgumentException($"Attribute '{name}' holds a {value.GetType().Name}, which the format does not know.", nameof(value));
        }

        return proto;
    }
}
