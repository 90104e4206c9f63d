using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>
/// A transposed convolution: every input element adds its multiple of the kernel to the output, a stride further for each row and column; padding is cut off
/// the result. A task of devices of groups and lanes only; on processors the reference kernel runs it.
/// </summary>
internal sealed record TransposedWorkload : ConvolutionWorkload
{
    [SetsRequiredMembers]
    public TransposedWorkload(ConvolutionWorkload geometry)
        : base(geometry)
    {
    }

    /// <summary>Output rows below what the padding leaves, at least 0; "output_padding" of ONNX.</summary>
    public int ExtraRows { get; init; }

    /// <summary>Output columns to the right of what the padding leaves, likewise.</summary>
    public int ExtraColumns { get; init; }

    /// <summary>Output rows; 0 when the padding leaves nothing, or more than can be counted.</summary>
    public override int OutHeight => Outputs(Height, StrideHeight, Reach(KernelHeight, DilationHeight), ExtraRows, Padding.Top + Padding.Bottom);

    /// <summary>Output columns, likewise.</summary>
    public override int OutWidth => Outputs(Width, StrideWidth, Reach(KernelWidth, DilationWidth), ExtraColumns, Padding.Left + Padding.Right);

    /// <inheritdoc/>
    public override long Flops => 2L * Batch * Height * Width * InChannels * GroupOutChannels * KernelHeight * KernelWidth;

    /// <inheritdoc/>
    public override bool AllowsNarrowWeights => false;

    /// <inheritdoc/>
    public override string Title => Text($"transposed {KernelHeight}x{KernelWidth}", $"{InChannels}->{OutChannels}", $"{OutHeight}x{OutWidth}");

    /// <summary>
    /// Rows and columns of zeros that kernels read around the input: an output row y meets the input rows from (y + padding - reach) / stride to
    /// (y + padding) / stride, rounded downwards, if it meets all of a kernel that is filled up to whole strides.
    /// </summary>
    internal override Halo InputHalo => new(
        Before(StrideHeight, Reach(KernelHeight, DilationHeight), Padding.Top),
        Before(StrideWidth, Reach(KernelWidth, DilationWidth), Padding.Left),
        After(StrideHeight, Reach(KernelHeight, DilationHeight), ExtraRows, Padding.Bottom),
        After(StrideWidth, Reach(KernelWidth, DilationWidth), ExtraColumns, Padding.Right));

    /// <inheritdoc/>
    internal override bool KernelFits => OutHeight > 0 && OutWidth > 0;

    private protected override string Kind => "transposed2d";

    private protected override string Shapes => $"transposed {KernelHeight}x{KernelWidth} s{StrideHeight}";

    private protected override string Extra => $"/o{ExtraRows}x{ExtraColumns}";

    /// <summary>
    /// Weights as ONNX keeps them, [in][out of group][kernel row][kernel column], in the order of every other convolution, [out][in of group][row][column].
    /// </summary>
    /// <param name="weights">All weights.</param>
    public float[] Turned(ReadOnlySpan<float> weights) => Turned(weights, Groups, GroupInChannels, GroupOutChannels, KernelHeight * KernelWidth);

    /// <summary>In each of some groups, two axes of elements exchanged: [group][first][second][element] as [group][second][first][element].</summary>
    internal static float[] Turned(ReadOnlySpan<float> elements, int groups, int first, int second, int each)
    {
        var turned = new float[elements.Length];
        for (int at = 0; at < groups * first * second; at++)
        {
            (int pair, int column) = Math.DivRem(at, second);
            (int group, int row) = Math.DivRem(pair, first);
            elements.Slice(at * each, each).CopyTo(turned.AsSpan(((((group * second) + column) * first) + row) * each));
        }

        return turned;
    }

    private static int Reach(int kernel, int dilation) => (kernel - 1) * dilation;

    private static int Outputs(int inputs, int stride, int reach, int extra, int padding)
    {
        long count = ((inputs - 1L) * stride) + reach + 1L + extra - padding;
        return count is > 0 and <= int.MaxValue ? (int)count : 0;
    }

    private static int Before(int stride, int reach, int padding) => Math.Max(0, (reach / stride) - (padding / stride));

    private static int After(int stride, int reach, int extra, int padding) => Math.Max(0, reach + extra - padding) / stride;
}
