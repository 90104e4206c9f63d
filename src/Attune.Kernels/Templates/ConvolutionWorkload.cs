using System.Globalization;
using System.Text.RegularExpressions;

namespace Attune.Kernels.Templates;

/// <summary>
/// The geometry of one convolution or matrix product: what a tuning task is keyed by. Epilogue, halo of the output and values do not belong to it.
/// A matrix product [M, K] x [K, N] is a 1x1 convolution of a row-major image with H = 1, W = M, C = K.
/// </summary>
public sealed partial record ConvolutionWorkload
{
    /// <summary>Images.</summary>
    public required int Batch { get; init; }

    /// <summary>Input channels, all groups together.</summary>
    public required int InChannels { get; init; }

    /// <summary>Input rows, without padding.</summary>
    public required int Height { get; init; }

    /// <summary>Input columns, without padding.</summary>
    public required int Width { get; init; }

    /// <summary>Output channels, all groups together.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Kernel rows.</summary>
    public int KernelHeight { get; init; } = 1;

    /// <summary>Kernel columns.</summary>
    public int KernelWidth { get; init; } = 1;

    /// <summary>Vertical stride.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Horizontal stride.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Zeros around the input.</summary>
    public Halo Padding { get; init; }

    /// <summary>Vertical dilation.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Horizontal dilation.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Channel groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Layout of the input.</summary>
    public ActivationLayout InputLayout { get; init; } = ActivationLayout.Blocked;

    /// <summary>Layout of the output.</summary>
    public ActivationLayout OutputLayout { get; init; } = ActivationLayout.Blocked;

    /// <summary>How the weights are stored; narrow formats only where <see cref="AllowsNarrowWeights"/>.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Vector lanes, which are also the channel block of blocked layouts.</summary>
    public required int Lanes { get; init; }

    /// <summary>
    /// The depthwise convolution computed just before, in the same kernel, when this is a fused pair: its output is this pointwise convolution's input. Null for a single operator.
    /// </summary>
    public ConvolutionWorkload? DepthwiseBefore { get; init; }

    /// <summary>Output rows.</summary>
    public int OutHeight => ((Height + Padding.Top + Padding.Bottom - ((KernelHeight - 1) * DilationHeight) - 1) / StrideHeight) + 1;

    /// <summary>Output columns.</summary>
    public int OutWidth => ((Width + Padding.Left + Padding.Right - ((KernelWidth - 1) * DilationWidth) - 1) / StrideWidth) + 1;

    /// <summary>Input channels of one group.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <summary>One input and one output channel per group, in blocked layout.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == InChannels && Groups == OutChannels && InputLayout == ActivationLayout.Blocked;

    /// <summary>A matrix product.</summary>
    public bool IsDense => InputLayout == ActivationLayout.RowMajor;

    /// <summary>The weights may be stored in a narrow format: a matrix product, or a 1x1 convolution of one group.</summary>
    public bool AllowsNarrowWeights => KernelHeight == 1 && KernelWidth == 1 && Groups == 1;

    /// <summary>Floating-point operations (a multiply-add is two).</summary>
    public long Flops => (DepthwiseBefore?.Flops ?? 0) + OwnFlops;

    private long OwnFlops => 2L * Batch * OutHeight * OutWidth * OutChannels * GroupInChannels * KernelHeight * KernelWidth;

    /// <summary>Weights.</summary>
    public long WeightCount => (DepthwiseBefore?.WeightCount ?? 0) + ((long)OutChannels * GroupInChannels * KernelHeight * KernelWidth);

    /// <summary>Bytes of the weights as they are stored, scales not counted.</summary>
    public long WeightBytes => WeightCount * WeightFormats.BytesOf(Weights);

    /// <summary>Text that identifies the workload, for records; <see cref="TryParse"/> reads it back.</summary>
    public string Key => DepthwiseBefore is { } first ? $"{first.Key}{FusedPair.Separator}{OwnKey}" : OwnKey;

    private string OwnKey =>
        $"{(IsDense ? "dense" : IsDepthwise ? "depthwise2d" : "conv2d")}/{Batch}x{InChannels}x{Height}x{Width}/{OutChannels}x{KernelHeight}x{KernelWidth}"
        + $"/s{StrideHeight}x{StrideWidth}/p{Padding.Top},{Padding.Left},{Padding.Bottom},{Padding.Right}/d{DilationHeight}x{DilationWidth}/g{Groups}"
        + $"/{InputLayout.ToString().ToLowerInvariant()}-{OutputLayout.ToString().ToLowerInvariant()}/v{Lanes}"
        + (Weights == WeightFormat.F32 ? string.Empty : $"/{WeightFormats.NameOf(Weights)}");

    /// <summary>Short text for people, for example "conv 3x3 64->128 28x28 s2".</summary>
    public string Title
    {
        get
        {
            string kind = IsDense ? "dense" : IsDepthwise ? $"depthwise {KernelHeight}x{KernelWidth}" : $"conv {KernelHeight}x{KernelWidth}";
            string channels = IsDepthwise ? $"{InChannels}" : $"{InChannels}->{OutChannels}";
            string size = IsDense ? $"m{Width}" : $"{OutHeight}x{OutWidth}";
            string stride = StrideHeight == 1 && StrideWidth == 1 ? string.Empty : $" s{StrideHeight}";
            string groups = Groups > 1 && !IsDepthwise ? $" g{Groups}" : string.Empty;
            string weights = Weights == WeightFormat.F32 ? string.Empty : $" {WeightFormats.NameOf(Weights)}";
            string before = DepthwiseBefore is { } first ? $"{first.Title} + " : string.Empty;
            return $"{before}{kind} {channels} {size}{stride}{groups}{weights}";
        }
    }

    /// <summary>
    /// Workloads of one family can reach about the same FLOP/s: what decides is whether fewer multiplications are possible, the kernel's size and the stride.
    /// </summary>
    public string Family => Weights == WeightFormat.F32 ? Shapes : $"{Shapes} {WeightFormats.NameOf(Weights)}";

    private string Shapes =>
        DepthwiseBefore is { } first ? $"{first.Shapes} + 1x1" : IsDense ? (Width == 1 ? "dense vector" : "dense") : IsDepthwise ? $"depthwise s{StrideHeight}" : $"conv {KernelHeight}x{KernelWidth} s{StrideHeight} {(WinogradPlan.IsEligible(this) ? "winograd" : "direct")}";

    /// <summary>Reads a key back; null when the text is no key.</summary>
    public static ConvolutionWorkload? TryParse(string key)
    {
        if (key.Contains(FusedPair.Separator))
        {
            return FusedPair.TryParse(key);
        }

        Match match = KeyPattern().Match(key);
        if (!match.Success || !Enum.TryParse(match.Groups["x"].Value, ignoreCase: true, out ActivationLayout input)
            || !Enum.TryParse(match.Groups["y"].Value, ignoreCase: true, out ActivationLayout output))
        {
            return null;
        }

        int[] n = [.. Number().Matches(match.Groups["n"].Value).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
        var workload = new ConvolutionWorkload
        {
            Batch = n[0],
            InChannels = n[1],
            Height = n[2],
            Width = n[3],
            OutChannels = n[4],
            KernelHeight = n[5],
            KernelWidth = n[6],
            StrideHeight = n[7],
            StrideWidth = n[8],
            Padding = new Halo(n[9], n[10], n[11], n[12]),
            DilationHeight = n[13],
            DilationWidth = n[14],
            Groups = n[15],
            InputLayout = input,
            OutputLayout = output,
            Lanes = int.Parse(match.Groups["v"].Value, CultureInfo.InvariantCulture),
            Weights = WeightFormats.Find(match.Groups["f"].Value) ?? WeightFormat.F32,
        };
        bool sound = workload.Weights == WeightFormat.F32 || workload.AllowsNarrowWeights;
        return sound && workload.Key == key ? workload : null;
    }

    [GeneratedRegex(@"^[a-z0-9]+/(?<n>\d{1,7}(x\d{1,7}){3}/\d{1,7}(x\d{1,4}){2}/s\d{1,4}x\d{1,4}/p\d{1,4}(,\d{1,4}){3}/d\d{1,4}x\d{1,4}/g\d{1,7})/(?<x>[a-z]+)-(?<y>[a-z]+)/v(?<v>4|8|16)(/(?<f>f16|i8))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
