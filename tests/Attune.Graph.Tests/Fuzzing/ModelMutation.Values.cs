using Attune.Graph.Onnx;
using Google.Protobuf;

namespace Attune.Graph.Tests.Fuzzing;

/// <content>Tensors and declared types.</content>
internal sealed partial class ModelMutation
{
    private static TensorProto Added(GraphProto graph)
    {
        TensorProto added = FuzzModels.Floats(2, 2);
        added.Name = $"added{graph.Initializer.Count}";
        graph.Initializer.Add(added);
        return added;
    }

    private void Tensor(TensorProto? tensor)
    {
        switch (tensor is null ? -1 : random.Next(8))
        {
            case 0 when tensor!.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = Number();
                break;
            case 1:
                tensor!.Dims.Add(random.Next(2) == 0 ? 1 : Number());
                break;
            case 2:
                tensor!.DataType = random.Next(-1, 28);
                break;
            case 3 when tensor!.FloatData.Count > 0:
                tensor.FloatData[random.Next(tensor.FloatData.Count)] = Real();
                break;
            case 4 when tensor!.Int64Data.Count > 0:
                tensor.Int64Data[random.Next(tensor.Int64Data.Count)] = Number();
                break;
            case 5:
                tensor!.RawData = ByteString.CopyFrom(new byte[random.Next(0, 40)]);
                break;
            case 6:
                tensor!.DataLocation = TensorProto.Types.Location.External;
                string[] places = ["../secret", "/etc/passwd", "data.bin", "", "a/../../b", "\0", new string('x', 5000), "C:\\x", "./././data.bin", "link"];
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = places[random.Next(places.Length)] });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{Number()}" });
                break;
            case 7:
                tensor!.Dims.Clear();
                break;
            default:
                break;
        }
    }

    private void Declaration(ValueInfoProto? value)
    {
        TypeProto.Types.OfTensor? type = value?.Type?.TensorType;
        if (value is null || type is null)
        {
            return;
        }

        switch (random.Next(5))
        {
            case 0:
                type.ElemType = random.Next(-1, 28);
                break;
            case 1:
                type.Shape = null;
                break;
            case 2:
                type.Shape ??= new TensorShapeProto();
                type.Shape.Dim.Add(new TensorShapeProto.Types.Extent { DimValue = Number() });
                break;
            case 3:
                value.Type = new TypeProto { SequenceType = new TypeProto.Types.OfElements() };
                break;
            default:
                if (type.Shape?.Dim.Count > 0)
                {
                    type.Shape.Dim[random.Next(type.Shape.Dim.Count)] = random.Next(4) == 0
                        ? new TensorShapeProto.Types.Extent { DimParam = "N" }
                        : new TensorShapeProto.Types.Extent { DimValue = Number() };
                }

                break;
        }
    }

    /// <summary>Makes an input a constant of small or extreme integers, so that what only values show is met too.</summary>
    private void Frozen(GraphProto graph)
    {
        ValueInfoProto? input = Any(graph.Input);
        if (input?.Type?.TensorType is not { Shape: { } shape } type || shape.Dim.Any(static extent => extent.DimValue is < 0 or > 64))
        {
            return;
        }

        long count = shape.Dim.Aggregate(1L, static (product, extent) => product * extent.DimValue);
        if (count > 4096)
        {
            return;
        }

        var tensor = new TensorProto { Name = input.Name, DataType = type.ElemType, Dims = { shape.Dim.Select(static extent => extent.DimValue) } };
        for (long i = 0; i < count; i++)
        {
            tensor.FloatData.Add(Real());
            tensor.DoubleData.Add(Real());
            tensor.Int32Data.Add((int)Math.Clamp(Number(), int.MinValue, int.MaxValue));
            tensor.Int64Data.Add(Number());
            tensor.Uint64Data.Add(unchecked((ulong)Number()));
            tensor.StringData.Add(ByteString.CopyFromUtf8(Words[random.Next(Words.Length)]));
        }

        graph.Initializer.Add(tensor);
    }
}
