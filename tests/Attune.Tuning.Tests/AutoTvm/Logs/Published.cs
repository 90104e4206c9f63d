namespace Attune.Tuning.Tests.AutoTvm.Logs;

/// <summary>Lines of logs, written by hand in the form of TVM's.</summary>
internal static class Published
{
    /// <summary>A 3x3 convolution of 512 channels on 7x7: the point whose index tuning.md works out.</summary>
    public static string Direct { get; } = Line(
        "cuda -model=1080ti",
        "conv2d_nchw.cuda",
        "[[\"TENSOR\", [1, 512, 7, 7], \"float32\"], [\"TENSOR\", [512, 512, 3, 3], \"float32\"], [1, 1], [1, 1, 1, 1], [1, 1], \"float32\"]",
        822_621,
        "[\"tile_f\", \"sp\", [-1, 2, 32, 1]], [\"tile_y\", \"sp\", [-1, 1, 1, 7]], [\"tile_x\", \"sp\", [-1, 1, 7, 1]], [\"tile_rc\", \"sp\", [-1, 8]], "
            + "[\"tile_rx\", \"sp\", [-1, 3]], [\"tile_ry\", \"sp\", [-1, 3]], [\"auto_unroll_max_step\", \"ot\", 1500], [\"unroll_explicit\", \"ot\", 1]");

    /// <summary>A depthwise convolution.</summary>
    public static string Depthwise { get; } = Line(
        "cuda -model=titanx",
        "depthwise_conv2d_nchw.cuda",
        "[[\"TENSOR\", [1, 32, 112, 112], \"float32\"], [\"TENSOR\", [32, 1, 3, 3], \"float32\"], [1, 1], [1, 1, 1, 1], [1, 1], \"float32\"]",
        4_741_632,
        "[\"tile_f\", \"sp\", [32, 1, 1, 1]], [\"tile_y\", \"sp\", [7, 1, 2, 8]], [\"tile_x\", \"sp\", [1, 1, 112, 1]], "
            + "[\"auto_unroll_max_step\", \"ot\", 256], [\"unroll_explicit\", \"ot\", 1]");

    /// <summary>A Winograd convolution on 8 rows: tiles of 4x4, 36 points.</summary>
    public static string Winograd { get; } = Line(
        "cuda -model=tx2",
        "conv2d_nchw_winograd.cuda",
        "[[\"TENSOR\", [1, 16, 8, 8], \"float32\"], [\"TENSOR\", [32, 16, 3, 3], \"float32\"], [1, 1], [1, 1, 1, 1], [1, 1], \"float32\"]",
        0,
        "[\"tile_b\", \"sp\", [-1, 1, 1, 1]], [\"tile_y\", \"sp\", [-1, 1, 8, 4]], [\"tile_x\", \"sp\", [-1, 1, 2, 2]], [\"tile_rc\", \"sp\", [-1, 8]], "
            + "[\"auto_unroll_max_step\", \"ot\", 128], [\"unroll_explicit\", \"ot\", 0]");

    /// <summary>A fully connected layer.</summary>
    public static string Dense { get; } = Line(
        "cuda",
        "dense_small_batch.cuda",
        "[[\"TENSOR\", [1, 64], \"float32\"], [\"TENSOR\", [10, 64], \"float32\"], null, \"float32\"]",
        3,
        "[\"tile_k\", \"sp\", [-1, 8]]");

    /// <summary>
    /// A transposed convolution from 4x4 to 8x8. Of the splits of 1, 6, 8, 8 and 5 (1, 16, 20, 20 and 3 of them) the first, then the last of three steps, the
    /// last of two and of two: (2 + 3 + 2 * 3) * 16 * 20 * 20 * 3.
    /// </summary>
    public static string Transposed { get; } = Line(
        "cuda -model=titanx",
        "conv2d_transpose_nchw.cuda",
        "[[\"TENSOR\", [1, 5, 4, 4], \"float32\"], [\"TENSOR\", [5, 6, 4, 4], \"float32\"], [2, 2], [1, 1, 1, 1], \"float32\", [0, 0]]",
        211_200,
        "[\"tile_n\", \"sp\", [-1, 1, 1, 1]], [\"tile_f\", \"sp\", [-1, 1, 1, 1]], [\"tile_y\", \"sp\", [-1, 1, 1, 1]], [\"tile_x\", \"sp\", [-1, 1, 1, 1]], "
            + "[\"tile_rc\", \"sp\", [-1, 1, 1]], [\"auto_unroll_max_step\", \"ot\", 1500], [\"unroll_explicit\", \"ot\", 1], [\"fuse_yx\", \"ot\", 1]");

    /// <summary>
    /// A convolution on Mali. Of the splits of 16, 8 and 8 in three (15, 10 and 10 of them) the first, then the second of two orders, the last of four ways to
    /// write the kernel out, and of twenty for the outputs the fourteenth: 1500 + 3 * 3000 + 13 * 12000.
    /// </summary>
    public static string Mali { get; } = Line(
        "opencl -device=mali -model=rk3399",
        "conv2d_nchw_spatial_pack.mali",
        "[[\"TENSOR\", [1, 6, 8, 8], \"float32\"], [\"TENSOR\", [16, 6, 3, 3], \"float32\"], [1, 1], [1, 1, 1, 1], [1, 1], \"float32\"]",
        166_500,
        "[\"tile_co\", \"sp\", [-1, 1, 1]], [\"tile_oh\", \"sp\", [-1, 1, 1]], [\"tile_ow\", \"sp\", [-1, 1, 1]], "
            + "[\"reorder_0\", \"re\", [0, 1, 2, 3, 4, 5, 6, 9, 7, 8]], [\"ann_reduce\", \"an\", [\"unroll\", \"unroll\"]], "
            + "[\"ann_spatial\", \"an\", [\"unroll\", \"unroll\", \"vec\"]]");

    /// <summary>A convolution under a template for Arm processors.</summary>
    public static string Arm { get; } = Line(
        "llvm -device=arm_cpu -model=rk3399",
        "conv2d_nchw_spatial_pack.arm_cpu",
        "[[\"TENSOR\", [1, 3, 224, 224], \"float32\"], [\"TENSOR\", [64, 3, 7, 7], \"float32\"], [2, 2], [3, 3, 3, 3], [1, 1], \"float32\"]",
        60_979,
        "[\"tile_co\", \"sp\", [16, 4]], [\"ann_reduce\", \"an\", [\"unroll\", \"none\"]]");

    /// <summary>The direct convolution as TVM up to 0.6 wrote it, without spaces.</summary>
    public const string Old =
        """{"i":["cuda -model=1080ti","topi_nn_conv2d",[["TENSOR",[1,512,7,7],"float32"],["TENSOR",[512,512,3,3],"float32"],[1,1],[1,1],[1,1],"NCHW","float32"],{},["conv2d"],{"i":822621,"t":"direct","c":null,"e":[["tile_f","sp",[-1,2,32,1]],["tile_y","sp",[-1,1,1,7]],["tile_x","sp",[-1,1,7,1]],["tile_rc","sp",[-1,8]],["tile_ry","sp",[-1,3]],["tile_rx","sp",[-1,3]],["auto_unroll_max_step","ot",1500],["unroll_explicit","ot",1]]}],"r":[[8.9e-05],0,2.31,1593600000.12],"v":0.1}""";

    /// <summary>All of them that give records.</summary>
    public static string[] All { get; } = [Direct, Depthwise, Winograd, Dense, Transposed, Mali, Arm, Old];

    /// <summary>A line of format 0.2.</summary>
    public static string Line(
        string target,
        string task,
        string arguments,
        long index,
        string entities,
        string result = "[[8.870914716312056e-05], 0, 1.8239610195159912, 1535340502.6141953]") =>
        $$"""{"input": ["{{target}}", "{{task}}", {{arguments}}, {}], "config": {"index": {{index}}, "code_hash": null, "entity": [{{entities}}]}, "result": {{result}}, "version": 0.2, "tvm_version": "0.7.dev0"}""";
}
