namespace Attune.Kernels.Templates;

/// <summary>
/// A depthwise convolution and the pointwise one that reads its result, as one workload: the result between the two stays in a core's own cache. Which of the
/// two ways is faster, one kernel or two, is a matter of measurement.
/// </summary>
public sealed record PairWorkload : WeightedWorkload
{
    /// <summary>Between the keys of the two workloads in the key of a pair.</summary>
    public const char Separator = '+';

    private PairWorkload(DepthwiseWorkload first, ConvolutionWorkload second)
    {
        First = first;
        Second = second;
    }

    /// <summary>The depthwise convolution.</summary>
    public DepthwiseWorkload First { get; private init; }

    /// <summary>The pointwise convolution.</summary>
    public ConvolutionWorkload Second { get; private init; }

    /// <inheritdoc/>
    public override int Lanes
    {
        get => Second.Lanes;
        init
        {
            First = First with { Lanes = value };
            Second = Second with { Lanes = value };
        }
    }

    /// <inheritdoc/>
    public override ConvolutionWorkload Entry => First;

    /// <inheritdoc/>
    public override ConvolutionWorkload Exit => Second;

    /// <inheritdoc/>
    public override string Key => $"{First.Key}{Separator}{Second.Key}";

    /// <inheritdoc/>
    public override string Title => $"{First.Title} + {Second.Title}";

    /// <inheritdoc/>
    public override string Family => $"{First.Family} + 1x1";

    /// <inheritdoc/>
    public override long Flops => First.Flops + Second.Flops;

    /// <inheritdoc/>
    public override long WeightCount => First.WeightCount + Second.WeightCount;

    /// <summary>The pair that two workloads make; null when the second does not follow the first in this way.</summary>
    /// <param name="first">The depthwise convolution.</param>
    /// <param name="second">The pointwise convolution, its rows not joined.</param>
    public static PairWorkload? TryJoin(ConvolutionWorkload first, ConvolutionWorkload second)
    {
        bool pointwise =
            second is { KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, Groups: 1, Padding.IsEmpty: true, Weights: WeightFormat.F32 }
            && second is { InputLayout: ActivationLayout.Blocked, OutputLayout: ActivationLayout.Blocked } and not (DepthwiseWorkload or TransposedWorkload);
        bool fits = first.OutputLayout == ActivationLayout.Blocked && first.Lanes == second.Lanes && first.Batch == second.Batch
            && first.OutChannels == second.InChannels && first.OutHeight == second.Height && first.OutWidth == second.Width;
        return pointwise && fits && first is DepthwiseWorkload depthwise ? new PairWorkload(depthwise, second) : null;
    }

    /// <summary>Reads a key back; null when the text is no key of a pair.</summary>
    public static new PairWorkload? TryParse(string key)
    {
        int middle = key.IndexOf(Separator);
        return middle >= 0 && !key[(middle + 1)..].Contains(Separator)
            && ConvolutionWorkload.TryParse(key[..middle]) is { } first && ConvolutionWorkload.TryParse(key[(middle + 1)..]) is { } second
            ? TryJoin(first, second)
            : null;
    }
}
