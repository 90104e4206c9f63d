using Attune.Kernels;

namespace Attune.Reference;

/// <summary>
/// Index arithmetic on row-major tensors. Kernels that move elements are written as a list of source positions, one for each element of the result,
/// which keeps the meaning of an operator apart from its element type.
/// </summary>
internal static class Indexing
{
    /// <summary>Product of a range of extents.</summary>
    public static int Product(Shape shape, int from, int to)
    {
        int product = 1;
        for (int axis = from; axis < to; axis++)
        {
            product = checked(product * shape[axis]);
        }

        return product;
    }

    /// <summary>Flat positions of all coordinates below the extents, in row-major order, under the given strides.</summary>
    public static int[] Offsets(ReadOnlySpan<long> extents, ReadOnlySpan<long> strides, long origin = 0)
    {
        long count = 1;
        foreach (long extent in extents)
        {
            count = checked(count * extent);
        }

        var offsets = new int[checked((int)count)];
        if (count == 0)
        {
            return offsets;
        }

        offsets[0] = checked((int)origin);
        int filled = 1;
        // From the innermost axis outwards, each axis repeats the positions found so far, shifted by its stride.
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            for (int step = 1; step < extents[axis]; step++)
            {
                int shift = checked((int)(step * strides[axis]));
                for (int i = 0; i < filled; i++)
                {
                    offsets[(step * filled) + i] = offsets[i] + shift;
                }
            }

            filled *= (int)extents[axis];
        }

        return offsets;
    }

    /// <summary>Shape that results from broadcasting two shapes as NumPy does.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Shape Broadcast(Shape a, Shape b) => Join(a, b) ?? throw new ArgumentException($"Shapes {a} and {b} do not broadcast.", nameof(b));

    /// <summary>Shape that results from broadcasting two shapes as NumPy does; null when they do not fit.</summary>
    public static Shape? Join(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var extents = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long left = axis < rank - a.Rank ? 1 : a.Dimensions[axis - rank + a.Rank];
            long right = axis < rank - b.Rank ? 1 : b.Dimensions[axis - rank + b.Rank];
            if (left != right && left != 1 && right != 1)
            {
                return null;
            }

            extents[axis] = left == 1 ? right : left;
        }

        return Shape.Of(extents);
    }

    /// <summary>For each element of the broadcast shape, the position in the smaller tensor; null when the shapes are the same.</summary>
    /// <exception cref="ArgumentException">The shape does not broadcast to the other.</exception>
    public static int[]? BroadcastMap(Shape from, Shape to)
    {
        if (from.Equals(to))
        {
            return null;
        }

        if (from.Rank > to.Rank)
        {
            throw new ArgumentException($"Shape {from} does not broadcast to {to}.", nameof(from));
        }

        long[] own = from.Strides();
        var strides = new long[to.Rank];
        int lead = to.Rank - from.Rank;
        for (int axis = lead; axis < to.Rank; axis++)
        {
            long extent = from.Dimensions[axis - lead];
            if (extent != 1 && extent != to.Dimensions[axis])
            {
                throw new ArgumentException($"Shape {from} does not broadcast to {to}.", nameof(from));
            }

            strides[axis] = extent == 1 ? 0 : own[axis - lead];
        }

        return Offsets(to.Dimensions.AsSpan(), strides);
    }

    /// <summary>Splits the axes into kept and reduced ones: the start of every group, and the offsets within a group.</summary>
    public static (int[] Groups, int[] Members) Grouped(Shape shape, IReadOnlyCollection<int> reduced)
    {
        long[] strides = shape.Strides();
        int[] kept = [.. Enumerable.Range(0, shape.Rank).Where(axis => !reduced.Contains(axis))];
        int[] gone = [.. reduced.Order()];
        return (
            Offsets([.. kept.Select(axis => shape.Dimensions[axis])], [.. kept.Select(axis => strides[axis])]),
            Offsets([.. gone.Select(axis => shape.Dimensions[axis])], [.. gone.Select(axis => strides[axis])]));
    }

    /// <summary>A tensor whose element i is element positions[i] of the source; a negative position takes the fill value.</summary>
    public static Tensor Take(Tensor source, Shape shape, int[] positions, Tensor? fill = null) => source.Element switch
    {
        DataType.Float32 => Pick<float>(source, shape, positions, fill),
        DataType.Float64 => Pick<double>(source, shape, positions, fill),
        DataType.Float16 => Pick<Half>(source, shape, positions, fill),
        DataType.BFloat16 => Pick<BFloat16>(source, shape, positions, fill),
        DataType.Int8 => Pick<sbyte>(source, shape, positions, fill),
        DataType.Int16 => Pick<short>(source, shape, positions, fill),
        DataType.Int32 => Pick<int>(source, shape, positions, fill),
        DataType.Int64 => Pick<long>(source, shape, positions, fill),
        DataType.UInt8 => Pick<byte>(source, shape, positions, fill),
        DataType.UInt16 => Pick<ushort>(source, shape, positions, fill),
        DataType.UInt32 => Pick<uint>(source, shape, positions, fill),
        DataType.UInt64 => Pick<ulong>(source, shape, positions, fill),
        DataType.Bool => Pick<bool>(source, shape, positions, fill),
        DataType.String => Pick<string>(source, shape, positions, fill),
        _ => throw new ArgumentException($"No tensor holds {source.Element}.", nameof(source)),
    };

    /// <summary>The tensor with its axes reordered: axis i of the result is axis order[i] of the source.</summary>
    public static Tensor Transpose(Tensor source, ReadOnlySpan<int> order)
    {
        long[] own = source.Shape.Strides();
        var extents = new long[order.Length];
        var strides = new long[order.Length];
        for (int axis = 0; axis < order.Length; axis++)
        {
            extents[axis] = source.Shape.Dimensions[order[axis]];
            strides[axis] = own[order[axis]];
        }

        return Take(source, Shape.Of(extents), Offsets(extents, strides));
    }

    /// <summary>The tensor repeated along its axes of extent 1 until it has the wanted shape.</summary>
    public static Tensor Expand(Tensor source, Shape shape) => BroadcastMap(source.Shape, shape) is int[] map ? Take(source, shape, map) : source;

    private static Tensor Pick<T>(Tensor source, Shape shape, int[] positions, Tensor? fill)
    {
        T[] from = source.Elements<T>();
        T absent = fill is not null ? fill.Elements<T>()[0] : Tensor.Zeros(source.Element, Shape.Scalar).Elements<T>()[0];
        var to = new T[positions.Length];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = positions[i] < 0 ? absent : from[positions[i]];
        }

        return Tensor.Of(shape, to);
    }
}
