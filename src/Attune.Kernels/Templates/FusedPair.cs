namespace Attune.Kernels.Templates;

/// <summary>
/// A depthwise convolution and the pointwise convolution that alone reads it, as one workload: the pointwise one, with the other as
/// <see cref="ConvolutionWorkload.DepthwiseBefore"/>. Its weights and biases are those of the first followed by those of the second.
/// </summary>
public static class FusedPair
{
    /// <summary>Stands between the keys of the two.</summary>
    public const char Separator = '+';

    /// <summary>The pair, or null when the two do not fit or one kernel cannot compute them.</summary>
    /// <param name="first">The depthwise convolution.</param>
    /// <param name="second">The pointwise convolution, its rows not joined.</param>
    public static ConvolutionWorkload? TryJoin(ConvolutionWorkload first, ConvolutionWorkload second)
    {
        bool pointwise = second is { KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, Groups: 1, Padding.IsEmpty: true, DepthwiseBefore: null, Weights: WeightFormat.F32 }
            && second is { InputLayout: ActivationLayout.Blocked, OutputLayout: ActivationLayout.Blocked } && !second.IsDepthwise;
        bool fits = first.DepthwiseBefore is null && first.IsDepthwise && first.OutputLayout == ActivationLayout.Blocked && first.Lanes == second.Lanes && first.Batch == second.Batch
            && first.OutChannels == second.InChannels && first.OutHeight == second.Height && first.OutWidth == second.Width;
        return pointwise && fits ? second with { DepthwiseBefore = first } : null;
    }

    /// <summary>The second operator of a pair alone.</summary>
    public static ConvolutionWorkload Second(ConvolutionWorkload pair) => pair with { DepthwiseBefore = null };

    internal static ConvolutionWorkload? TryParse(string key)
    {
        int middle = key.IndexOf(Separator);
        return ConvolutionWorkload.TryParse(key[..middle]) is { } first && !key[(middle + 1)..].Contains(Separator) && ConvolutionWorkload.TryParse(key[(middle + 1)..]) is { } second
            ? TryJoin(first, second)
            : null;
    }
}
