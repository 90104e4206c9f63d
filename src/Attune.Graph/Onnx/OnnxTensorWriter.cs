using Attune.Kernels;
using Google.Protobuf;

namespace Attune.Graph.Onnx;

/// <summary>Turns our tensors into the format's.</summary>
internal static class OnnxTensorWriter
{
    /// <summary>The tensor with its elements inside: texts as texts, numbers as raw bytes.</summary>
    public static TensorProto Write(Tensor tensor, string name)
    {
        TensorProto proto = Describe(tensor, name);
        if (tensor.Element == DataType.String)
        {
            proto.StringData.AddRange(tensor.Elements<string>().Select(ByteString.CopyFromUtf8));
        }
        else
        {
            proto.RawData = ByteString.CopyFrom(OnnxTensorReader.Bytes(tensor));
        }

        return proto;
    }

    /// <summary>The tensor with its elements at a place in another file.</summary>
    public static TensorProto WriteExternal(Tensor tensor, string name, string location, long offset)
    {
        TensorProto proto = Describe(tensor, name);
        proto.DataLocation = TensorProto.Types.Location.External;
        proto.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        proto.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString() });
        proto.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = OnnxTensorReader.Bytes(tensor).Length.ToString() });
        return proto;
    }

    private static TensorProto Describe(Tensor tensor, string name)
    {
        var proto = new TensorProto { DataType = (int)tensor.Element };
        proto.Dims.AddRange(tensor.Shape.Dimensions);
        if (name.Length > 0)
        {
            proto.Name = name;
        }

        return proto;
    }
}
