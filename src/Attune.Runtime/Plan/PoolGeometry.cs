using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>Window, stride and padding of a pooling node that the templates can run.</summary>
internal sealed record PoolGeometry(int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, Halo Padding)
{
    /// <summary>Null when the templates cannot run the node: dilation, unresolved automatic padding, or a window that misses the image.</summary>
    public static PoolGeometry? Of(Node node, Extent input, Extent output)
    {
        ImmutableArray<long> strides = node.Attributes.Ints("strides") ?? [1, 1];
        ImmutableArray<long> pads = node.Attributes.Ints("pads") ?? [0, 0, 0, 0];
        if (node.Attributes.Ints("kernel_shape") is not { Length: 2 } kernel || strides.Length != 2 || pads.Length != 4
            || kernel.Concat(strides).Any(extent => extent < 1) || pads.Any(pad => pad < 0)
            || node.Attributes.Ints("dilations") is { } dilations && dilations.Any(d => d != 1)
            || node.Attributes.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID"))
        {
            return null;
        }

        var geometry = new PoolGeometry(
            (int)kernel[0], (int)kernel[1], (int)strides[0], (int)strides[1], new Halo((int)pads[0], (int)pads[1], (int)pads[2], (int)pads[3]));
        bool touches = geometry.Padding.Top < geometry.KernelHeight && geometry.Padding.Left < geometry.KernelWidth
            && ((output.Rows - 1) * geometry.StrideHeight) - geometry.Padding.Top < input.Rows
            && ((output.Columns - 1) * geometry.StrideWidth) - geometry.Padding.Left < input.Columns;
        return touches ? geometry : null;
    }

    public PoolWorkload Workload(Extent input, Extent output, int lanes) => new(
        input.Images, input.Channels, input.Rows, input.Columns, output.Rows, output.Columns, KernelHeight, KernelWidth, StrideHeight, StrideWidth, Padding.Top,
        Padding.Left, lanes);

    /// <summary>Zeros an average window may reach, ceil mode included.</summary>
    public Halo Halo(Extent input, Extent output) => new(
        Padding.Top,
        Padding.Left,
        Math.Max(0, ((output.Rows - 1) * StrideHeight) + KernelHeight - Padding.Top - input.Rows),
        Math.Max(0, ((output.Columns - 1) * StrideWidth) + KernelWidth - Padding.Left - input.Columns));

    /// <summary>One over the number of positions that count, per output pixel.</summary>
    public float[] Scale(Extent input, Extent output, bool countPadding)
    {
        var scale = new float[output.Rows * output.Columns];
        for (int h = 0; h < output.Rows; h++)
        {
            int rows = Span(h * StrideHeight, KernelHeight, Padding.Top, Padding.Bottom, input.Rows, countPadding);
            for (int w = 0; w < output.Columns; w++)
            {
                scale[(h * output.Columns) + w] = 1f / (rows * Span(w * StrideWidth, KernelWidth, Padding.Left, Padding.Right, input.Columns, countPadding));
            }
        }

        return scale;
    }

    private static int Span(int start, int kernel, int before, int after, int extent, bool countPadding)
    {
        // Positions in padded coordinates; what ceil mode adds past the padding never counts.
        int low = countPadding ? 0 : before;
        int high = countPadding ? before + extent + after : before + extent;
        return Math.Min(start + kernel, high) - Math.Max(start, low);
    }
}
