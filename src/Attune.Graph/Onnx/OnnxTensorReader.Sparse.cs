using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph.Onnx;

/// <content>Sparse tensors.</content>
internal sealed partial class OnnxTensorReader
{
    // A few bytes of a file must not become gigabytes: beyond 16 million elements one in a thousand has to be stored.
    private const long LargestUnfounded = 1 << 24;
    private const long MaxZerosForEach = 1000;

    /// <summary>A sparse tensor as a dense one, or null with a fault.</summary>
    public Tensor? ReadSparse(SparseTensorProto proto, string where)
    {
        Tensor? values = proto.Values is null ? null : Read(proto.Values, where);
        Tensor? indices = proto.Indices is null ? null : Read(proto.Indices, where);
        Shape? shape = ReadShape(new TensorProto { Dims = { proto.Dims } }, where);
        if (values is null || indices is null || shape is null)
        {
            return null;
        }

        long stored = values.Count;
        bool linear = indices.Shape.Rank == 1;
        if (indices.Element != DataType.Int64 || indices.Count != (linear ? stored : stored * shape.Rank) || values.Element == DataType.String)
        {
            faults.Add(FaultCodes.MalformedTensor, "The indices of a sparse tensor do not fit its values.", where, Next);
            return null;
        }

        if (shape.Count > Math.Max(LargestUnfounded, stored * MaxZerosForEach))
        {
            faults.Add(FaultCodes.TooLarge, $"A sparse tensor of {stored} values would become {shape.Count} elements.", where, "Use a smaller model.");
            return null;
        }

        var dense = Tensor.Zeros(values.Element, shape);
        long[] strides = shape.Strides();
        long[] index = indices.Elements<long>();
        for (int i = 0; i < stored; i++)
        {
            long position = linear ? index[i] : Position(index.AsSpan(i * shape.Rank, shape.Rank), shape, strides);
            if (position < 0 || position >= dense.Count)
            {
                faults.Add(FaultCodes.MalformedTensor, "An index of a sparse tensor is out of range.", where, Next);
                return null;
            }

            Array.Copy(values.Data, i, dense.Data, position, 1);
        }

        return dense;
    }

    private static long Position(ReadOnlySpan<long> index, Shape shape, long[] strides)
    {
        long position = 0;
        for (int axis = 0; axis < index.Length; axis++)
        {
            if (index[axis] < 0 || index[axis] >= shape.Dimensions[axis])
            {
                return -1;
            }

            position += index[axis] * strides[axis];
        }

        return position;
    }
}
