namespace Attune.Kernels.Templates;

/// <summary>How a four-dimensional activation lies in memory.</summary>
public enum ActivationLayout
{
    /// <summary>[N][C/v][H][W][v] with v the vector lanes; channels past the last are padding. Rows may carry a halo of zeros.</summary>
    Blocked,

    /// <summary>[N][C][H][W], as ONNX stores it.</summary>
    Planar,

    /// <summary>[N][H][W][C]: matrices, with H = 1 and W = rows.</summary>
    RowMajor,

    /// <summary>[N][H][W][C], channels rounded up to whole vectors: images of bytes, whose channels are multiplied several at once.</summary>
    ChannelsLast,
}
