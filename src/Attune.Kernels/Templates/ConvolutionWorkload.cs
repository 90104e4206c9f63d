using System.Globalization;
using System.Text.RegularExpressions;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Templates;

/// <summary>
/// The geometry of one convolution: what a tuning task is keyed by. Epilogue, halo of the output and values do not belong to it. Depthwise convolutions and
/// matrix products are kinds of their own; <see cref="Classified"/> finds out.
/// </summary>
public partial record ConvolutionWorkload : WeightedWorkload
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

    /// <inheritdoc/>
    public required override int Lanes { get; init; }

    /// <inheritdoc/>
    public override ConvolutionWorkload Entry => this;

    /// <inheritdoc/>
    public override ConvolutionWorkload Exit => this;

    /// <summary>Output rows.</summary>
    public virtual int OutHeight => ((Height + Padding.Top + Padding.Bottom - ((KernelHeight - 1) * DilationHeight) - 1) / StrideHeight) + 1;

    /// <summary>Output columns.</summary>
    public virtual int OutWidth => ((Width + Padding.Left + Padding.Right - ((KernelWidth - 1) * DilationWidth) - 1) / StrideWidth) + 1;

    /// <summary>Rows and columns of zeros that kernels read around the input.</summary>
    internal virtual Halo InputHalo => Padding;

    /// <summary>True when the kernel fits into the padded input, so that there is an output.</summary>
    internal virtual bool KernelFits =>
        (KernelHeight - 1) * DilationHeight < Height + Padding.Top + Padding.Bottom
        && (KernelWidth - 1) * DilationWidth < Width + Padding.Left + Padding.Right;

    /// <summary>Bytes of an element of the input.</summary>
    internal virtual int ElementBytes => sizeof(float);

    /// <summary>Input channels of one group.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <inheritdoc/>
    public override bool AllowsNarrowWeights => KernelHeight == 1 && KernelWidth == 1 && Groups == 1;

    /// <inheritdoc/>
    public override long Flops => 2L * Batch * OutHeight * OutWidth * OutChannels * GroupInChannels * KernelHeight * KernelWidth;

    /// <inheritdoc/>
    public override long WeightCount => (long)OutChannels * GroupInChannels * KernelHeight * KernelWidth;

    /// <inheritdoc/>
    public override string Key =>
        $"{Kind}/{Batch}x{InChannels}x{Height}x{Width}/{OutChannels}x{KernelHeight}x{KernelWidth}"
        + $"/s{StrideHeight}x{StrideWidth}/p{Padding.Top},{Padding.Left},{Padding.Bottom},{Padding.Right}/d{DilationHeight}x{DilationWidth}/g{Groups}{Extra}"
        + $"/{InputLayout.ToString().ToLowerInvariant()}-{OutputLayout.ToString().ToLowerInvariant()}/v{Lanes}"
        + (Weights == WeightFormat.F32 ? string.Empty : $"/{WeightFormats.NameOf(Weights)}");

    /// <inheritdoc/>
    public override string Title => Text($"conv {KernelHeight}x{KernelWidth}", $"{InChannels}->{OutChannels}", $"{OutHeight}x{OutWidth}");

    /// <inheritdoc/>
    public override string Family => Weights == WeightFormat.F32 ? Shapes : $"{Shapes} {WeightFormats.NameOf(Weights)}";

    /// <summary>First part of the key.</summary>
    private protected virtual string Kind => "conv2d";

    /// <summary>Part of the key after the groups: what only some kinds have.</summary>
    private protected virtual string Extra => string.Empty;

    private protected virtual string Shapes => $"conv {KernelHeight}x{KernelWidth} s{StrideHeight} {(WinogradPlan.IsEligible(this) ? "winograd" : "direct")}";

    /// <summary>The same geometry as what it is: a depthwise convolution, a matrix product or another convolution.</summary>
    public ConvolutionWorkload Classified() =>
        InputLayout == ActivationLayout.RowMajor ? new DenseWorkload(this)
        : Groups > 1 && Groups == InChannels && Groups == OutChannels && InputLayout == ActivationLayout.Blocked ? new DepthwiseWorkload(this)
        : new ConvolutionWorkload(this);

    /// <summary>Reads a key back; null when the text is no key, or that of no convolution: an extent of 0, or no output.</summary>
    public static new ConvolutionWorkload? TryParse(string key)
    {
        Match match = KeyPattern().Match(key);
        if (!match.Success || !Enum.TryParse(match.Groups["x"].Value, ignoreCase: true, out ActivationLayout input)
            || !Enum.TryParse(match.Groups["y"].Value, ignoreCase: true, out ActivationLayout output))
        {
            return null;
        }

        int[] n = [.. Number().Matches(match.Groups["n"].Value).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
        if (n[..9].Contains(0) || n[13..16].Contains(0))
        {
            return null;
        }

        ConvolutionWorkload geometry = new ConvolutionWorkload
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
        ConvolutionWorkload workload =
            NarrowWorkload.OfKey(key, geometry) is { } narrow ? narrow
            : n.Length > 16 ? new TransposedWorkload(geometry) { ExtraRows = n[16], ExtraColumns = n[17] } : geometry.Classified();
        bool sound = (workload.Weights == WeightFormat.F32 || workload.AllowsNarrowWeights || workload is NarrowWorkload)
            && workload.KernelFits
            && workload.InChannels % workload.Groups == 0 && workload.OutChannels % workload.Groups == 0;
        return sound && workload.Key == key ? workload : null;
    }

    private protected string Text(string kind, string channels, string size)
    {
        string stride = StrideHeight == 1 && StrideWidth == 1 ? string.Empty : $" s{StrideHeight}";
        string groups = Groups > 1 && !IsDepthwise ? $" g{Groups}" : string.Empty;
        string weights = Weights == WeightFormat.F32 ? string.Empty : $" {WeightFormats.NameOf(Weights)}";
        return $"{kind} {channels} {size}{stride}{groups}{weights}";
    }

    [GeneratedRegex(
        @"^[a-z0-9]+/(?<n>\d{1,7}(x\d{1,7}){3}/\d{1,7}(x\d{1,4}){2}/s\d{1,4}x\d{1,4}/p\d{1,4}(,\d{1,4}){3}/d\d{1,4}x\d{1,4}/g\d{1,7}(/o\d{1,4}x\d{1,4})?)/"
        + @"(?<x>[a-z]+)-(?<y>[a-z]+)/v(?<v>1|4|8|16)(/(?<f>f16|i8|bf16))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
