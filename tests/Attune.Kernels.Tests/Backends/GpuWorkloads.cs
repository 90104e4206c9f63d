namespace Attune.Kernels.Tests.Backends;

/// <summary>Small workloads of every searched template for groups and lanes: odd extents, strides, paddings, groups, several images.</summary>
internal static class GpuWorkloads
{
    private const string LargeKernel = "conv2d/1x3x6x7/8x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v1";

    /// <summary>Keys of the workloads, by the name of the template.</summary>
    public static IReadOnlyDictionary<string, string[]> Keys { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["gpu-direct"] =
        [
            "conv2d/1x6x8x6/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
            "conv2d/2x4x9x11/6x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
            "dense/1x24x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        ],
        ["gpu-depthwise"] =
        [
            "depthwise2d/1x12x8x6/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1",
            "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1",
        ],
        ["gpu-plain"] =
        [
            "conv2d/2x6x8x5/9x3x3/s1x2/p1,1,1,1/d1x1/g3/blocked-planar/v1",
            "depthwise2d/1x5x7x7/5x3x3/s1x1/p1,1,1,1/d1x1/g5/blocked-blocked/v1",
            "transposed2d/2x6x4x5/9x3x2/s2x3/p1,0,0,1/d2x1/g3/o1x0/blocked-planar/v1",
        ],
        ["gpu-transposed"] =
        [
            "transposed2d/1x6x5x4/8x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1",
            "transposed2d/2x5x4x5/6x3x3/s2x2/p1,1,1,1/d1x1/g1/o1x1/planar-blocked/v1",
            "transposed2d/1x4x3x4/5x5x2/s3x1/p0,1,2,0/d1x1/g1/o2x0/blocked-planar/v1",
            "transposed2d/1x3x4x3/4x2x3/s3x2/p0,0,0,0/d1x1/g1/o1x1/blocked-blocked/v1",
            "transposed2d/1x8x1x12/6x1x8/s1x4/p0,2,0,2/d1x1/g1/o0x0/blocked-blocked/v1",
        ],
        ["gpu-spatial"] =
        [
            "conv2d/1x6x8x12/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
            "conv2d/2x4x9x11/6x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
            "conv2d/1x5x9x8/12x3x2/s1x2/p2,1,2,1/d2x1/g1/blocked-planar/v1",
        ],
        ["gpu-spatial-depthwise"] =
        [
            "depthwise2d/1x12x8x12/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1",
            "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1",
        ],
        ["gpu-gemm"] =
        [
            "conv2d/1x40x7x7/21x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
            "conv2d/2x5x9x11/17x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
            "conv2d/1x8x9x8/12x3x3/s1x2/p2,1,2,1/d2x1/g2/blocked-planar/v1",
            "dense/1x70x1x37/45x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
            "conv2d/1x20x6x6/24x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
            "conv2d/2x9x5x12/20x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
            "dense/1x36x1x34/44x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        ],
        ["gpu-depthwise-pointwise"] =
        [
            "depthwise2d/1x12x8x6/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1+conv2d/1x12x8x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
            "depthwise2d/2x7x11x13/7x5x3/s2x2/p2,1,2,1/d1x1/g7/blocked-blocked/v1+conv2d/2x7x6x7/9x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        ],
        ["gpu-dense"] =
        [
            "dense/1x360x1x1/45x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
            "dense/1x84x1x13/30x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        ],
        ["gpu-winograd2"] = [.. ImagesOfAllShapes, LargeKernel],
        ["gpu-winograd4"] = ImagesOfAllShapes,
        ["gpu-winograd2-fused"] = [.. ImagesOfAllShapes, LargeKernel],
        ["gpu-winograd4-fused"] = ImagesOfAllShapes,
    };

    private static string[] ImagesOfAllShapes =>
    [
        "conv2d/1x12x16x8/18x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x6x7x13/8x3x3/s1x1/p0,2,1,0/d1x1/g1/planar-blocked/v1",
        "conv2d/1x5x5x3/8x3x3/s1x1/p0,0,0,0/d1x1/g1/blocked-planar/v1",
    ];
}
