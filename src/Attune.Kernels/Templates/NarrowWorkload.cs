using System.Diagnostics.CodeAnalysis;

namespace Attune.Kernels.Templates;

/// <summary>
/// A convolution, depthwise convolution or matrix product of activations narrower than floats, several neighbouring channels of which one instruction multiplies
/// with weights of the same width. All channels of a pixel lie next to each other.
/// </summary>
internal abstract record NarrowWorkload : ConvolutionWorkload
{
    [SetsRequiredMembers]
    private protected NarrowWorkload(ConvolutionWorkload geometry, WeightFormat weights, DataType element)
        : base(geometry)
    {
        Weights = weights;
        InputElement = element;
        OutputElement = element;
        if (InputLayout != ActivationLayout.RowMajor)
        {
            (InputLayout, OutputLayout) = (ActivationLayout.ChannelsLast, ActivationLayout.ChannelsLast);
        }
    }

    /// <summary>Elements of the input.</summary>
    public DataType InputElement { get; }

    /// <summary>Elements of the output: those of the input, or floats.</summary>
    public DataType OutputElement { get; init; }

    /// <summary>Input channels that are multiplied at once: as many as 32 bits hold.</summary>
    public int ChannelsAtOnce => sizeof(float) / ElementBytes;

    /// <summary>A depthwise convolution.</summary>
    public bool HasOneChannelPerGroup => Groups > 1 && Groups == InChannels && Groups == OutChannels && InputLayout == ActivationLayout.ChannelsLast;

    /// <inheritdoc/>
    public override bool AllowsNarrowWeights => true;

    /// <inheritdoc/>
    public override string Title => IsDense
        ? Text("dense", $"{InChannels}->{OutChannels}", $"m{Width}")
        : HasOneChannelPerGroup ? Text($"depthwise {KernelHeight}x{KernelWidth}", $"{InChannels}", $"{OutHeight}x{OutWidth}") : base.Title;

    internal override int ElementBytes => WeightFormats.BytesOf(Weights);

    private protected override string Kind => (IsDense ? "dense" : HasOneChannelPerGroup ? "depthwise2d" : "conv2d") + Suffix;

    private protected override string Shapes =>
        IsDense ? Width == 1 ? "dense vector" : "dense"
        : HasOneChannelPerGroup ? $"depthwise s{StrideHeight}"
        : $"conv {KernelHeight}x{KernelWidth} s{StrideHeight}";

    /// <summary>End of the first part of the key: what the elements are.</summary>
    private protected abstract string Suffix { get; }

    /// <summary>The narrow workload of a key and its geometry; null when the key is that of none.</summary>
    /// <param name="key">Key of a task.</param>
    /// <param name="geometry">What the rest of the key says.</param>
    public static NarrowWorkload? OfKey(string key, ConvolutionWorkload geometry) =>
        QuantizedWorkload.OutputOf(key) is { } bytes ? new QuantizedWorkload(geometry) { OutputElement = bytes }
        : BFloat16Workload.OutputOf(key) is { } halves ? new BFloat16Workload(geometry) { OutputElement = halves }
        : null;

    /// <summary>What the end of a key's first part says about the output; null when it says something else.</summary>
    private protected static DataType? OutputOf(string key, string narrow, string floats, DataType element)
    {
        string kind = key.Split('/', 2)[0];
        return kind.EndsWith(floats, StringComparison.Ordinal) ? DataType.Float32
            : kind.EndsWith(narrow, StringComparison.Ordinal) ? element
            : null;
    }
}
