namespace Attune.Compile.LowRank;

/// <summary>How the kernel of a convolution is cut in two.</summary>
public enum LowRankSplit
{
    /// <summary>
    /// Per layer: <see cref="Channels"/> where the exact layer may run as Winograd, which a D x 1 kernel cannot, else <see cref="Separable"/>.
    /// </summary>
    Auto,

    /// <summary>A D x 1 convolution, then a 1 x D convolution.</summary>
    Separable,

    /// <summary>A D x D convolution to fewer channels, then a 1 x 1 convolution.</summary>
    Channels,
}
