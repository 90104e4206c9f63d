namespace Attune.Kernels.Templates.Gpu;

/// <summary>The image tiles that a Winograd convolution cuts its output into; the last row and column of them may reach past the edge.</summary>
/// <param name="Workload">The convolution.</param>
/// <param name="Outputs">Output rows and columns of a tile.</param>
internal readonly record struct TileGrid(ConvolutionWorkload Workload, int Outputs)
{
    /// <summary>Input rows and columns of a tile.</summary>
    public int Inputs => Outputs + Workload.KernelHeight - 1;

    /// <summary>Products of a tile and a pair of channels.</summary>
    public int Points => Inputs * Inputs;

    /// <summary>Rows of tiles.</summary>
    public int Rows => (Workload.OutHeight + Outputs - 1) / Outputs;

    /// <summary>Columns of tiles.</summary>
    public int Columns => (Workload.OutWidth + Outputs - 1) / Outputs;

    /// <summary>Tiles of all images.</summary>
    public int Count => Workload.Batch * Rows * Columns;

    /// <summary>
    /// True when a convolution can be computed with such tiles: square kernels of 3 with stride 1, and of 5 for tiles of 2x2; as many tiles as can be counted.
    /// </summary>
    public bool IsEligible =>
        Workload is { Lanes: 1, Weights: WeightFormat.F32, IsDepthwise: false, IsDense: false, IsTransposed: false }
            and { Groups: 1, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 }
        && Workload.KernelHeight == Workload.KernelWidth && (Workload.KernelHeight == 3 || (Workload.KernelHeight == 5 && Outputs == 2))
        && (double)Workload.Batch * Rows * Columns <= int.MaxValue;
}
