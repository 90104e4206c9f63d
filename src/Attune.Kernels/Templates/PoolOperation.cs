namespace Attune.Kernels.Templates;

/// <summary>What pooling makes of a window.</summary>
internal enum PoolOperation
{
    /// <summary>The largest element; positions outside the image do not count.</summary>
    Maximum,

    /// <summary>The sum, times a factor per output pixel.</summary>
    Average,

    /// <summary>The mean of the whole image.</summary>
    GlobalAverage,
}
