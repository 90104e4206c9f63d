namespace Attune.Kernels.Templates;

/// <summary>A workload with constant weights: what is tuned. Its key identifies a tuning task.</summary>
public abstract record WeightedWorkload : Workload
{
    /// <summary>Text that identifies the workload, for records; <see cref="TryParse"/> reads it back.</summary>
    public abstract string Key { get; }

    /// <summary>
    /// Workloads of one family can reach about the same FLOP/s: what decides is whether fewer multiplications are possible, the kernel's size and the stride.
    /// </summary>
    public abstract string Family { get; }

    /// <summary>How the weights are stored; narrow formats only where <see cref="AllowsNarrowWeights"/>.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>The weights may be stored in a narrow format: a matrix product, or a 1x1 convolution of one group.</summary>
    public virtual bool AllowsNarrowWeights => false;

    /// <summary>Number of weights.</summary>
    public abstract long WeightCount { get; }

    /// <summary>Bytes of the weights as they are stored, scales not counted.</summary>
    public long WeightBytes => WeightCount * WeightFormats.BytesOf(Weights);

    /// <summary>The operator that reads the input: the workload itself, or the first one of a pair.</summary>
    public abstract ConvolutionWorkload Entry { get; }

    /// <summary>The operator that writes the output: the workload itself, or the second one of a pair.</summary>
    public abstract ConvolutionWorkload Exit { get; }

    /// <summary>One input and one output channel per group, in blocked layout.</summary>
    public bool IsDepthwise => this is DepthwiseWorkload or NarrowWorkload { HasOneChannelPerGroup: true };

    /// <summary>A matrix product.</summary>
    public bool IsDense => this is DenseWorkload or NarrowWorkload { InputLayout: ActivationLayout.RowMajor };

    /// <summary>A transposed convolution.</summary>
    public bool IsTransposed => this is TransposedWorkload;

    /// <summary>Reads a key back; null when the text is no key.</summary>
    public static WeightedWorkload? TryParse(string key) =>
        key.Contains(PairWorkload.Separator) ? PairWorkload.TryParse(key) : ConvolutionWorkload.TryParse(key);
}
