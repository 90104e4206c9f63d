using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>A static tensor shape: non-negative extents, row-major. Rank 0 is a scalar with one element.</summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>The shape of a scalar.</summary>
    public static readonly Shape Scalar = new([]);

    /// <summary>Makes a shape from its extents.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    public Shape(ImmutableArray<long> dimensions)
    {
        foreach (long extent in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(dimensions));
        }

        Dimensions = dimensions;
    }

    /// <summary>Extents, outermost first.</summary>
    public ImmutableArray<long> Dimensions { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>Number of elements; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product does not fit 63 bits.</exception>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long extent in Dimensions)
            {
                count = checked(count * extent);
            }

            return count;
        }
    }

    /// <summary>Extent of one axis as an int; negative axes count from the end.</summary>
    public int this[int axis] => checked((int)Dimensions[axis < 0 ? axis + Rank : axis]);

    /// <summary>Makes a shape from its extents.</summary>
    public static Shape Of(params ReadOnlySpan<long> dimensions) => new([.. dimensions]);

    /// <summary>Row-major strides in elements.</summary>
    public long[] Strides()
    {
        var strides = new long[Rank];
        long step = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Dimensions[axis];
        }

        return strides;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long extent in Dimensions)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <summary>Extents joined by x, as in 1x3x224x224; "scalar" for rank 0.</summary>
    public override string ToString() => Rank == 0 ? "scalar" : string.Join('x', Dimensions);
}
