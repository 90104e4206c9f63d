namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// What decides the speed of a kernel on a GPU, the same numbers for every template, so that what is learnt about one holds for others (tuning.md 1.7).
/// </summary>
internal readonly record struct GpuFeatures
{
    /// <summary>Lanes of a group.</summary>
    public required long Lanes { get; init; }

    /// <summary>Groups.</summary>
    public required long Groups { get; init; }

    /// <summary>Sums that a lane keeps in registers.</summary>
    public required long Sums { get; init; }

    /// <summary>Loads of a lane from its group's memory, or from everybody's, for each of its multiply-adds; four numbers at once are one.</summary>
    public required double LoadsPerProduct { get; init; }

    /// <summary>Memory that the lanes of a group share, bytes.</summary>
    public required long SharedBytes { get; init; }

    /// <summary>Bytes that all groups together read from everybody's memory.</summary>
    public required double GlobalBytes { get; init; }

    /// <summary>Multiply-adds of the innermost body that is written out.</summary>
    public required long Body { get; init; }

    /// <summary>The features as numbers.</summary>
    /// <param name="width">Lanes that run in step.</param>
    public double[] ToArray(int width) =>
    [
        Math.Log2(Lanes),
        (double)Lanes / ((Lanes + width - 1) / width * width),
        Math.Log2(Groups),
        Math.Log2(Sums),
        LoadsPerProduct,
        Math.Log2(SharedBytes + 1),
        Math.Log2(GlobalBytes + 1),
        Math.Log2(Body),
    ];

    /// <summary>
    /// A rough cost of a kernel, comparable among configurations of one workload: work of the busiest place, more where lanes stand idle, where there are too
    /// few of them, and where they wait for loads. Without a unit.
    /// </summary>
    /// <param name="products">Multiply-adds of the workload.</param>
    /// <param name="width">Lanes that run in step.</param>
    public double Cost(double products, int width)
    {
        // Enough lanes to keep a mid-sized GPU busy; fewer leave parts of it empty.
        const double enough = 1 << 14;
        double idle = (double)((Lanes + width - 1) / width * width) / Lanes;
        double spread = Math.Max(1, enough / ((double)Lanes * Groups));
        double memory = GlobalBytes / (8 * products);
        return products * idle * spread * (1 + (2 * LoadsPerProduct) + memory);
    }
}
