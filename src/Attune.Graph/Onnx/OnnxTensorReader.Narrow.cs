using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Passes.Expansion;

namespace Attune.Graph.Onnx;

/// <content>Tensors of narrow elements.</content>
internal sealed partial class OnnxTensorReader
{
    private Tensor? ReadNarrow(TensorProto proto, Shape shape, string where)
    {
        byte[]? packed = Packed(proto, NarrowElements.Size(proto.DataType, shape.Count), where);
        return packed is null ? null : NarrowElements.Unpack(proto.DataType, shape, packed);
    }

    private byte[]? Packed(TensorProto proto, long size, string where)
    {
        if (proto.DataLocation == TensorProto.Types.Location.External)
        {
            if (external?.Locate(proto, size, where, faults) is not { } place)
            {
                if (external is null)
                {
                    faults.Add(FaultCodes.UnsupportedFeature, "External data are not possible here.", where, "Store the tensor inside the model.");
                }

                return null;
            }

            byte[] bytes = new byte[size];
            return ExternalData.Read(place, bytes, where, faults) ? bytes : null;
        }

        long stored = proto.HasRawData ? proto.RawData.Length : proto.Int32Data.Count;
        if (stored != size)
        {
            faults.Add(
                FaultCodes.MalformedTensor, $"The tensor of {ElementTypeNames.Of(proto.DataType)} needs {size} bytes but {stored} are there.", where, Next);
            return null;
        }

        return proto.HasRawData ? proto.RawData.ToByteArray() : Convert(proto.Int32Data, static value => unchecked((byte)value));
    }
}
