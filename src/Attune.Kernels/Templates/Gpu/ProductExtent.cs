namespace Attune.Kernels.Templates.Gpu;

/// <summary>Matrix products of one size: result[row, column] = sum over depth of left[row, depth] right[depth, column].</summary>
/// <param name="Count">Products.</param>
/// <param name="Rows">Rows of each result.</param>
/// <param name="Columns">Columns of each result.</param>
/// <param name="Depth">What is summed over.</param>
internal readonly record struct ProductExtent(int Count, int Rows, int Columns, int Depth)
{
    /// <summary>
    /// A convolution of each of its channel groups: weights times columns that the positions of the output read. A matrix product of activations in rows is the
    /// same the other way round, so that lanes side by side write channels side by side.
    /// </summary>
    public static ProductExtent Of(ConvolutionWorkload w)
    {
        int positions = checked(w.Batch * w.OutHeight * w.OutWidth);
        int depth = w.GroupInChannels * w.KernelHeight * w.KernelWidth;
        return w.IsDense
            ? new ProductExtent(w.Groups, positions, w.GroupOutChannels, depth)
            : new ProductExtent(w.Groups, w.GroupOutChannels, positions, depth);
    }
}
