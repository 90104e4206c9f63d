using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Reading from computed positions.</summary>
internal static class GatherKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Gather", GuardGather, Gather);
        table.AddExact("GatherElements", static node => GuardElements(node), GatherElements);
        table.AddExact("GatherND", GuardGatherSlices, GatherSlices);
        table.AddExact("OneHot", GuardOneHot, OneHot);
        table.AddExact("NonZero", Guards.Inputs(1), NonZero);
    }

    /// <summary>Conditions on data and indices that go with it element by element along an axis.</summary>
    public static int GuardElements(NodeFacts node)
    {
        Shape data = node.Shape(0);
        Shape indices = node.Shape(1);
        Guards.Index(node, 1);
        int axis = node.AxisAttribute(0, data.Rank);
        if (indices.Rank != data.Rank || Enumerable.Range(0, data.Rank).Any(i => i != axis && indices.Dimensions[i] > data.Dimensions[i]))
        {
            throw node.Malformed($"indices {indices} do not fit {data}");
        }

        GuardIndices(node, node.Known(1), data.Dimensions[axis]);
        return axis;
    }

    /// <summary>Conditions on indices whose last axis is a tuple of coordinates; returns the length of a tuple.</summary>
    public static int GuardTuples(NodeFacts node, long batchAxes)
    {
        Shape data = node.Shape(0);
        Shape indices = node.Shape(1);
        Guards.Index(node, 1);
        long depth = indices.Rank == 0 ? 0 : indices.Dimensions[^1];
        return indices.Rank > 0 && batchAxes >= 0 && batchAxes < indices.Rank && depth + batchAxes <= data.Rank
            && indices.Dimensions.AsSpan()[..(int)batchAxes].SequenceEqual(data.Dimensions.AsSpan()[..(int)batchAxes])
            ? (int)depth
            : throw node.Malformed($"indices {indices} with {batchAxes} batch axes do not fit {data}");
    }

    /// <summary>Indices below an extent; negative ones count from the end.</summary>
    public static int[] Indices(NodeFacts node, Tensor indices, int extent) => Numbers.Map(Numbers.ToLongs(indices), index => Index(node, index, extent));

    /// <summary>An index below an extent; a negative one counts from the end.</summary>
    public static int Index(NodeFacts node, long index, long extent)
    {
        long front = index < 0 ? index + extent : index;
        return front >= 0 && front < extent ? (int)front : throw node.Malformed($"the index {index} is outside an axis of {extent}");
    }

    private static void GuardIndices(NodeFacts node, Tensor? indices, long extent)
    {
        foreach (long index in indices is null ? [] : Numbers.ToLongs(indices))
        {
            Index(node, index, extent);
        }
    }

    private static void GuardGather(NodeFacts node)
    {
        Guards.Present(node, 2);
        Guards.Index(node, 1);
        GuardIndices(node, node.Known(1), node.Shape(0).Dimensions[node.AxisAttribute(0, node.Shape(0).Rank)]);
    }

    private static void GuardGatherSlices(NodeFacts node) => GuardTuples(node, node.Int("batch_dims", 0));

    private static void GuardOneHot(NodeFacts node)
    {
        Guards.Present(node, 3);
        Guards.NotText(node, 0, 1);
        Guards.One(node, 1);
        node.AxisAttribute(-1, node.Shape(0).Rank + 1);
        if (node.Shape(2).Count != 2 || (node.Known(1) is Tensor depth && Numbers.ToLong(depth) < 1))
        {
            throw node.Malformed("two values and a positive depth are needed");
        }
    }

    /// <summary>Positions that GatherElements reads and ScatterElements writes: the coordinates of each index with the axis replaced by it.</summary>
    public static int[] ElementPositions(KernelCall call, Shape data, Tensor indices, int axis)
    {
        long[] strides = data.Strides();
        int[] along = Indices(call, indices, data[axis]);
        long step = strides[axis];
        strides[axis] = 0;
        int[] positions = Indexing.Offsets(indices.Shape.Dimensions.AsSpan(), strides);
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] += (int)(along[i] * step);
        }

        return positions;
    }

    /// <summary>For every index tuple, where its slice begins; and how many elements a slice has.</summary>
    public static (int[] Starts, int Size) SliceStarts(KernelCall call, Shape data, Tensor indices, int batchAxes)
    {
        int depth = indices.Shape[-1];
        long[] tuples = Numbers.ToLongs(indices);
        long[] strides = data.Strides();
        int size = Indexing.Product(data, batchAxes + depth, data.Rank);
        int batches = Indexing.Product(data, 0, batchAxes);
        int count = Indexing.Product(indices.Shape, 0, indices.Shape.Rank - 1);
        int batchSize = batchAxes == 0 ? 0 : Indexing.Product(data, batchAxes, data.Rank);
        var starts = new int[count];
        for (int tuple = 0; tuple < count; tuple++)
        {
            long start = batches == 0 ? 0 : (long)(tuple / (count / batches)) * batchSize;
            for (int i = 0; i < depth; i++)
            {
                start += Index(call, tuples[(tuple * depth) + i], data[batchAxes + i]) * strides[batchAxes + i];
            }

            starts[tuple] = (int)start;
        }

        return (starts, size);
    }

    private static Tensor Gather(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor indices = call.Input(1);
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        coordinates[axis] = Indices(call, indices, x.Shape[axis]);
        Tensor flat = LayoutKernels.Cross(x, coordinates);
        return flat.Reshape(new Shape([.. x.Shape.Dimensions[..axis], .. indices.Shape.Dimensions, .. x.Shape.Dimensions[(axis + 1)..]]));
    }

    private static Tensor GatherElements(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor indices = call.Input(1);
        return Indexing.Take(x, indices.Shape, ElementPositions(call, x.Shape, indices, call.AxisAttribute(0, x.Shape.Rank)));
    }

    private static Tensor GatherSlices(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor indices = call.Input(1);
        int batchAxes = (int)call.Int("batch_dims", 0);
        (int[] starts, int size) = SliceStarts(call, x.Shape, indices, batchAxes);
        int[] positions = [.. starts.SelectMany(start => Enumerable.Range(start, size))];
        return Indexing.Take(x, new Shape([.. indices.Shape.Dimensions[..^1], .. x.Shape.Dimensions[(batchAxes + indices.Shape[-1])..]]), positions);
    }

    private static Tensor OneHot(KernelCall call)
    {
        Tensor indices = call.Input(0);
        long depth = Numbers.ToLong(call.Input(1));
        Tensor values = call.Input(2);
        if (depth < 1)
        {
            throw call.Malformed("two values and a positive depth are needed");
        }

        int axis = call.AxisAttribute(-1, indices.Shape.Rank + 1);
        var shape = new Shape(indices.Shape.Dimensions.Insert(axis, depth));
        long[] hot = Numbers.ToLongs(indices);
        int inner = Indexing.Product(shape, axis + 1, shape.Rank);
        var positions = new int[checked((int)shape.Count)];
        for (int i = 0; i < positions.Length; i++)
        {
            long index = hot[(i / inner / depth * inner) + (i % inner)];
            positions[i] = i / inner % depth == (index < 0 ? index + depth : index) ? 1 : 0;
        }

        return Indexing.Take(values, shape, positions);
    }

    private static Tensor NonZero(KernelCall call)
    {
        Tensor x = call.Input(0);
        bool[] set = x.Element == DataType.String
            ? Numbers.Map(x.Elements<string>(), static text => text.Length > 0)
            : Numbers.Map(Numbers.ToDoubles(Numbers.Convert(x, DataType.Bool)), static v => v != 0);
        int[] found = [.. Enumerable.Range(0, set.Length).Where(i => set[i])];
        long[] strides = x.Shape.Strides();
        var coordinates = new long[x.Shape.Rank * found.Length];
        for (int i = 0; i < coordinates.Length; i++)
        {
            int axis = i / found.Length;
            coordinates[i] = found[i % found.Length] / strides[axis] % x.Shape[axis];
        }

        return Tensor.Of(Shape.Of(x.Shape.Rank, found.Length), coordinates);
    }
}
