namespace Attune.Kernels.Templates;

/// <summary>Weights about to be packed: an array, or elements that are read from their storage piece by piece.</summary>
internal readonly struct WeightSource
{
    private readonly float[]? array;
    private readonly StoredElements? stored;

    private WeightSource(float[]? array, StoredElements? stored)
    {
        this.array = array;
        this.stored = stored;
    }

    /// <summary>Weights in memory.</summary>
    public static implicit operator WeightSource(float[] array) => new(array, null);

    /// <summary>The elements of a tensor of 32-bit floats, left where they are.</summary>
    public static WeightSource Of(Tensor tensor) =>
        tensor.Stored is { } elements ? new WeightSource(null, elements) : new WeightSource(tensor.Elements<float>(), null);

    /// <summary>All elements as an array.</summary>
    public float[] ToArray() => array ?? (float[])stored!.Data;

    /// <summary>Copies some elements.</summary>
    internal void Read(long first, Span<float> target)
    {
        if (array is null)
        {
            stored!.Read(first, target);
        }
        else
        {
            array.AsSpan((int)first, target.Length).CopyTo(target);
        }
    }

    /// <summary>Part of some rows of a matrix, for as long as the slab is not used again.</summary>
    /// <param name="rows">First row and number of rows.</param>
    /// <param name="rowLength">Elements from one row to the next.</param>
    /// <param name="columns">First column and number of columns.</param>
    /// <param name="slab">Where they are read to, when they are not in memory.</param>
    /// <param name="stride">Elements from one row to the next in the result.</param>
    internal ReadOnlySpan<float> Rows((long First, int Count) rows, long rowLength, (long First, int Count) columns, PackingSlab slab, out int stride)
    {
        long first = (rows.First * rowLength) + columns.First;
        if (array is not null)
        {
            stride = (int)rowLength;
            return array.AsSpan((int)first, (int)(((rows.Count - 1) * rowLength) + columns.Count));
        }

        stride = columns.Count;
        Span<float> target = slab.Take(rows.Count * columns.Count);
        if (columns.Count == rowLength)
        {
            stored!.Read(first, target);
            return target;
        }

        for (int row = 0; row < rows.Count; row++)
        {
            stored!.Read(first + (row * rowLength), target.Slice(row * columns.Count, columns.Count));
        }

        return target;
    }
}
