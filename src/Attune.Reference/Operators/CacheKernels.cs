using System.Runtime.InteropServices;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>TensorScatter, which writes a piece of a sequence into a cache, and BitCast, which reads bits as another type.</summary>
internal static class CacheKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("TensorScatter", GuardScatter, Scatter);
        table.AddExact("BitCast", static node => Target(node), Reinterpreted);
    }

    private static int AxisOf(NodeFacts node)
    {
        int axis = node.AxisAttribute(-2, node.Shape(0).Rank);
        return axis > 0 ? axis : throw node.Malformed("the first axis is that of the batch, not of the sequence");
    }

    private static void GuardScatter(NodeFacts node)
    {
        Shape cache = Guards.Rank(node, 0, 2);
        Shape update = node.Shape(1);
        Guards.Same(node, 0, 1);
        Guards.Choice(node, "mode", "linear", "linear", "circular");
        int axis = AxisOf(node);
        if (update.Rank != cache.Rank || update.Dimensions[axis] > cache.Dimensions[axis]
            || !update.Equals(new Shape(cache.Dimensions.SetItem(axis, update.Dimensions[axis]))))
        {
            throw node.Malformed($"an update of shape {update} does not fit a cache of {cache} along axis {axis}");
        }

        if (node.Has(2))
        {
            Guards.Index(node, 2);
            if (node.Shape(2).Count != cache.Dimensions[0])
            {
                throw node.Malformed($"{node.Shape(2)} indices do not fit a batch of {cache.Dimensions[0]}");
            }
        }
    }

    private static Tensor Scatter(KernelCall call)
    {
        Tensor cache = call.Input(0);
        Tensor update = call.Input(1);
        int axis = AxisOf(call);
        int extent = cache.Shape[axis];
        int length = update.Shape[axis];
        bool circular = call.Text("mode", "linear") == "circular";
        long[] starts = call.Optional(2) is Tensor given ? Numbers.ToLongs(given) : new long[cache.Shape[0]];
        foreach (long start in starts)
        {
            if (start < 0 || (!circular && start + length > extent) || (circular && start >= Math.Max(1, extent)))
            {
                throw call.Malformed($"{length} elements from {start} on are outside a cache of {extent}");
            }
        }

        Array result = (Array)cache.Data.Clone();
        int inner = Indexing.Product(cache.Shape, axis + 1, cache.Shape.Rank);
        int outer = Indexing.Product(cache.Shape, 0, axis);
        int perBatch = cache.Shape[0] == 0 ? 1 : outer / cache.Shape[0];
        for (int row = 0; row < outer; row++)
        {
            for (int i = 0; i < length; i++)
            {
                long at = (starts[row / perBatch] + i) % extent;
                Array.Copy(update.Data, ((row * length) + i) * inner, result, ((row * extent) + at) * inner, inner);
            }
        }

        return Tensor.Wrap(cache.Shape, result);
    }

    private static DataType Target(NodeFacts node)
    {
        DataType target = ShapeKernels.TypeOf(node, "to", DataType.Undefined);
        DataType element = node.Element(0);
        bool bits = element is not (DataType.String or DataType.Bool) && target is not (DataType.String or DataType.Bool);
        return !bits ? throw node.Unsupported($"bits of {element} as {target}")
            : Width(element) == Width(target) ? target
            : throw node.Malformed($"{element} and {target} differ in their number of bits");
    }

    private static int Width(DataType element) => element switch
    {
        DataType.Float64 or DataType.Int64 or DataType.UInt64 => 64,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 => 32,
        DataType.Float16 or DataType.BFloat16 or DataType.Int16 or DataType.UInt16 => 16,
        _ => 8,
    };

    private static Tensor Reinterpreted(KernelCall call)
    {
        Tensor x = call.Input(0);
        var result = Tensor.Zeros(Target(call), x.Shape);
        Bytes(x).CopyTo(Bytes(result));
        return result;
    }

    private static Span<byte> Bytes(Tensor tensor) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(tensor.Data), checked(tensor.Count * Width(tensor.Element) / 8));
}
