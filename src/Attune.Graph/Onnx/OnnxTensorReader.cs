using System.Runtime.InteropServices;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Passes.Expansion;

namespace Attune.Graph.Onnx;

/// <summary>
/// Turns the format's tensors into ours. Elements come from raw bytes, typed lists or external data; in every case their number must match
/// the shape exactly before anything is allocated.
/// </summary>
internal sealed partial class OnnxTensorReader(ExternalData? external, long maximumElements, FaultList faults)
{
    private const string Next = "Export the model again, or check it with ONNX's own checker.";

    // A function's body is read for each of its calls; its constants are there once.
    private readonly Dictionary<TensorProto, Tensor?> read = new(ReferenceEqualityComparer.Instance);

    /// <summary>As <see cref="Read"/>; the same message gives the same tensor.</summary>
    public Tensor? ReadOnce(TensorProto proto, string where)
    {
        if (!read.TryGetValue(proto, out Tensor? tensor))
        {
            tensor = Read(proto, where);
            read.Add(proto, tensor);
        }

        return tensor;
    }

    /// <summary>The tensor, or null with a fault.</summary>
    public Tensor? Read(TensorProto proto, string where)
    {
        if (NarrowElements.Unpacked(proto.DataType) != DataType.Undefined)
        {
            return ReadShape(proto, where) is { } extents ? ReadNarrow(proto, extents, where) : null;
        }

        var element = (DataType)proto.DataType;
        if (element == DataType.Undefined || !Enum.IsDefined(element))
        {
            string name = ElementTypeNames.Of(proto.DataType);
            faults.Add(FaultCodes.UnsupportedFeature, $"Element type {name} is not supported.", where, "Convert the tensor to one of the supported types.");
            return null;
        }

        if (ReadShape(proto, where) is not { } shape)
        {
            return null;
        }

        if (proto.DataLocation == TensorProto.Types.Location.External)
        {
            return ReadExternal(proto, element, shape, where);
        }

        if (proto.HasRawData)
        {
            return ReadRaw(proto.RawData.Span, element, shape, where);
        }

        return ReadTyped(proto, element, shape, where);
    }

    private Shape? ReadShape(TensorProto proto, string where)
    {
        long count = 1;
        foreach (long extent in proto.Dims)
        {
            if (extent < 0)
            {
                faults.Add(FaultCodes.MalformedTensor, $"The extent {extent} is negative.", where, Next);
                return null;
            }

            // A zero anywhere makes the tensor empty, but the other extents must not overflow a later product either.
            count = extent == 0 || count == 0 ? 0 : count > maximumElements / extent ? long.MaxValue : count * extent;
            if (count > maximumElements || extent > maximumElements)
            {
                faults.Add(FaultCodes.TooLarge, $"The tensor has more than {maximumElements} elements.", where, "Use a smaller model.");
                return null;
            }
        }

        return new Shape([.. proto.Dims]);
    }

    private Tensor? ReadExternal(TensorProto proto, DataType element, Shape shape, string where)
    {
        if (external is null || element == DataType.String)
        {
            faults.Add(FaultCodes.UnsupportedFeature, "External data are not possible here.", where, "Store the tensor inside the model.");
            return null;
        }

        if (!FitsOneSpan(element, shape, where))
        {
            return null;
        }

        if (external.Locate(proto, shape.Count * SizeOf(element), where, faults) is not { } place)
        {
            return null;
        }

        var tensor = Tensor.Zeros(element, shape);
        return ExternalData.Read(place, Bytes(tensor), where, faults) ? Cleaned(tensor) : null;
    }

    private Tensor? ReadRaw(ReadOnlySpan<byte> raw, DataType element, Shape shape, string where)
    {
        if (element == DataType.String)
        {
            faults.Add(FaultCodes.MalformedTensor, "Texts cannot be stored as raw data.", where, Next);
            return null;
        }

        if (raw.Length != shape.Count * SizeOf(element))
        {
            faults.Add(
                FaultCodes.MalformedTensor, $"{element} of shape {shape} needs {shape.Count * SizeOf(element)} bytes but {raw.Length} are there.", where, Next);
            return null;
        }

        var tensor = Tensor.Zeros(element, shape);
        raw.CopyTo(Bytes(tensor));
        return Cleaned(tensor);
    }

    private Tensor? ReadTyped(TensorProto proto, DataType element, Shape shape, string where)
    {
        int stored = element switch
        {
            DataType.Float32 => proto.FloatData.Count,
            DataType.Float64 => proto.DoubleData.Count,
            DataType.Int64 => proto.Int64Data.Count,
            DataType.UInt32 or DataType.UInt64 => proto.Uint64Data.Count,
            DataType.String => proto.StringData.Count,
            _ => proto.Int32Data.Count,
        };
        if (stored != shape.Count)
        {
            faults.Add(FaultCodes.MalformedTensor, $"{element} of shape {shape} needs {shape.Count} elements but {stored} are there.", where, Next);
            return null;
        }

        return Tensor.Wrap(shape, element switch
        {
            DataType.Float32 => proto.FloatData.ToArray(),
            DataType.Float64 => proto.DoubleData.ToArray(),
            DataType.Int64 => proto.Int64Data.ToArray(),
            DataType.UInt32 => Convert(proto.Uint64Data, value => unchecked((uint)value)),
            DataType.UInt64 => proto.Uint64Data.ToArray(),
            DataType.Int32 => proto.Int32Data.ToArray(),
            DataType.Int16 => Convert(proto.Int32Data, value => unchecked((short)value)),
            DataType.Int8 => Convert(proto.Int32Data, value => unchecked((sbyte)value)),
            DataType.UInt16 => Convert(proto.Int32Data, value => unchecked((ushort)value)),
            DataType.UInt8 => Convert(proto.Int32Data, value => unchecked((byte)value)),
            DataType.Bool => Convert(proto.Int32Data, value => value != 0),
            DataType.Float16 => Convert(proto.Int32Data, value => BitConverter.UInt16BitsToHalf(unchecked((ushort)value))),
            DataType.BFloat16 => Convert(proto.Int32Data, value => new BFloat16(unchecked((ushort)value))),
            _ => Convert(proto.StringData, value => value.ToStringUtf8()),
        });
    }

    private bool FitsOneSpan(DataType element, Shape shape, string where)
    {
        if (shape.Count * SizeOf(element) <= int.MaxValue)
        {
            return true;
        }

        faults.Add(FaultCodes.TooLarge, $"{element} of shape {shape} has more than 2 GiB.", where, "Split the tensor or use a smaller model.");
        return false;
    }

    private static TResult[] Convert<TStored, TResult>(IList<TStored> stored, Func<TStored, TResult> convert)
    {
        var result = new TResult[stored.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = convert(stored[i]);
        }

        return result;
    }

    // A bool that is neither 0 nor 1 would break the runtime's assumptions.
    private static Tensor Cleaned(Tensor tensor)
    {
        if (tensor.Element == DataType.Bool)
        {
            foreach (ref byte value in Bytes(tensor))
            {
                value = value == 0 ? (byte)0 : (byte)1;
            }
        }

        return tensor;
    }

    /// <summary>The elements of a tensor of numbers as bytes in memory order, which is the format's order on the little-endian machines we run on.</summary>
    public static Span<byte> Bytes(Tensor tensor) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(tensor.Data), checked(tensor.Count * SizeOf(tensor.Element)));

    /// <summary>Bytes of one element; 0 for texts.</summary>
    public static int SizeOf(DataType element) => element switch
    {
        DataType.Float64 or DataType.Int64 or DataType.UInt64 => 8,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 => 4,
        DataType.Float16 or DataType.BFloat16 or DataType.Int16 or DataType.UInt16 => 2,
        DataType.Int8 or DataType.UInt8 or DataType.Bool => 1,
        _ => 0,
    };
}
