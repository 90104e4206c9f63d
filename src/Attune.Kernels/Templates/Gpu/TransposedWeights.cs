namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Weights of a transposed convolution with the taps of one phase together: [out][in][row meeting][column meeting][row phase][column phase], with zeros where a
/// kernel ends amid a stride.
/// </summary>
internal static unsafe class TransposedWeights
{
    /// <summary>Floats that they take.</summary>
    public static long Count(TransposedWorkload w) =>
        (long)w.OutChannels * w.InChannels * Meetings(w).Rows * Meetings(w).Columns * w.StrideHeight * w.StrideWidth;

    /// <summary>One unit per output channel.</summary>
    /// <param name="w">A workload of one group.</param>
    /// <param name="source">[out][in][kernel row][kernel column].</param>
    /// <param name="target">Room for them.</param>
    public static PackingWork Pack(TransposedWorkload w, WeightSource source, float* target)
    {
        (int rows, int columns) = Meetings(w);
        int kernel = w.KernelHeight * w.KernelWidth;
        int depth = w.InChannels * kernel;
        long each = Count(w) / w.OutChannels;
        return new PackingWork(w.OutChannels, (unit, slab) =>
        {
            ReadOnlySpan<float> from = source.Rows((unit, 1), depth, (0, depth), slab, out _);
            float* to = target + (unit * each);
            for (int channel = 0; channel < w.InChannels; channel++)
            {
                ReadOnlySpan<float> taps = from.Slice(channel * kernel, kernel);
                for (int meeting = 0; meeting < rows * columns; meeting++)
                {
                    (int row, int column) = (meeting / columns * w.StrideHeight, meeting % columns * w.StrideWidth);
                    for (int y = row; y < row + w.StrideHeight; y++)
                    {
                        for (int x = column; x < column + w.StrideWidth; x++)
                        {
                            *to++ = y < w.KernelHeight && x < w.KernelWidth ? taps[(y * w.KernelWidth) + x] : 0;
                        }
                    }
                }
            }
        });
    }

    private static (int Rows, int Columns) Meetings(TransposedWorkload w) =>
        (((w.KernelHeight - 1) / w.StrideHeight) + 1, ((w.KernelWidth - 1) / w.StrideWidth) + 1);
}
