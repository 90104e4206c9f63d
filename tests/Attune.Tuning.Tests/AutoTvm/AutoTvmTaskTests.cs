using System.Globalization;
using System.IO.Compression;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Records.AutoTvm;
using Attune.Tuning.AutoTvm;

namespace Attune.Tuning.Tests.AutoTvm;

/// <summary>AutoTVM's spaces for GPUs against what its authors published.</summary>
public sealed class AutoTvmTaskTests
{
    [NeedingTheory(Need.TopHub)]
    [InlineData("cuda_1080ti", 160, new long[0])]
    [InlineData("cuda_titanx", 160, new long[0])]

    // One line of the Jetson's names other splits than its index, which belongs to the template of an earlier day.
    [InlineData("cuda_tx2", 176, new long[] { 124_107 })]
    [InlineData("mali_rk3399", 528, new long[0])]
    public void Published_configurations_are_the_points_of_their_indices(string name, int lines, long[] differing)
    {
        AutoTvmLog log = Read(name);
        log.Records.Length.ShouldBe(lines);
        var others = new List<long>();
        foreach (AutoTvmRecord record in log.Records)
        {
            AutoTvmTask task = AutoTvmTask.Of(record).OrThrow(reason => new InvalidOperationException(reason));
            Configuration point = task.Find(record).ShouldNotBeNull($"{record.Task} {record.Arguments}");
            task.Entities(point).Select(entity => entity.Value).ShouldBe(record.Entities.Select(entity => entity.Value));
            if (point.Index != record.Index)
            {
                others.Add(record.Index);
            }
        }

        others.ShouldBe(differing);
    }

    [NeedingTheory(Need.TopHub)]
    [InlineData("arm_cpu_bcm2837")]
    [InlineData("arm_cpu_rk3399")]
    public void Foreign_templates_are_refused_by_name(string name) =>
        Read(name).Records.ShouldAllBe(record => AutoTvmTask.Of(record).Error!.Contains(record.Task));

    [Fact]
    public void Spaces_of_the_papers_networks_have_the_published_sizes()
    {
        string[][] rows = [.. File.ReadLines(
            Repository.PathOf("tests", "Attune.Tuning.Tests", "AutoTvm", "space-sizes.tsv")).Skip(1).Select(line => line.Split('\t'))];
        rows.Length.ShouldBe(63);
        foreach (string[] row in rows)
        {
            int[] n = [.. row[2..8].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
            bool depthwise = row[1].StartsWith("dw", StringComparison.Ordinal);
            int padding = PaddingOf(n);
            ConvolutionWorkload w = new ConvolutionWorkload
            {
                Batch = 1,
                InChannels = n[0],
                OutChannels = n[1],
                Height = n[2],
                Width = n[2],
                KernelHeight = n[3],
                KernelWidth = n[3],
                StrideHeight = n[4],
                StrideWidth = n[4],
                Padding = new Halo(padding, padding, padding, padding),
                Groups = depthwise ? n[0] : 1,
                Lanes = 1,
            }.Classified();
            w.OutHeight.ShouldBe(n[5], string.Join(' ', row));
            new Space(depthwise
                ? AutoTvmKnobs.CudaDepthwise(w)
                : AutoTvmKnobs.CudaDirect(w)).Count.ShouldBe(long.Parse(row[8], CultureInfo.InvariantCulture), string.Join(' ', row));
            if (row[9] != "0")
            {
                new Space(AutoTvmKnobs.CudaWinograd(w)).Count.ShouldBe(long.Parse(row[9], CultureInfo.InvariantCulture), string.Join(' ', row));
            }
        }
    }

    [Theory]
    [InlineData("conv2d_nchw.cuda", "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"]]")]
    [InlineData("conv2d_nchw.cuda", "{}")]
    [InlineData("conv2d_nchw.cuda", "[[\"TENSOR\", [1, 3, 0, 8], \"float32\"], [\"TENSOR\", [4, 3, 3, 3], \"float32\"], [1, 1], [1, 1], [1, 1], \"float32\"]")]
    [InlineData("conv2d_nchw.cuda", "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 5, 3, 3], \"float32\"], [1, 1], [1, 1], [1, 1], \"float32\"]")]
    [InlineData("conv2d_nchw.cuda", "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 3, 3, 3], \"float32\"], [0, 1], [1, 1], [1, 1], \"float32\"]")]
    [InlineData(
        "conv2d_nchw_winograd.cuda", "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 3, 3, 3], \"float32\"], [2, 2], [1, 1], [1, 1], \"float32\"]")]
    [InlineData(
        "conv2d_nchw_winograd.cuda",
        "[[\"TENSOR\", [65536, 3, 1024, 1024], \"float32\"], [\"TENSOR\", [4, 3, 3, 3], \"float32\"], [1, 1], [1, 1], [1, 1], \"float32\"]")]
    [InlineData(
        "conv2d_nchw_winograd.cuda",
        "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 3, 32768, 32768], \"float32\"], [1, 1], [9999, 9999], [1, 1], \"float32\"]")]
    [InlineData(
        "conv2d_nchw_winograd.cuda",
        "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 3, 9999, 9999], \"float32\"], [1, 1], [9999, 9999], [1, 1], \"float32\"]")]
    [InlineData(
        "conv2d_nchw.cuda",
        "[[\"TENSOR\", [1, 3, 8, 8], \"float32\"], [\"TENSOR\", [4, 3, 3, 3], \"float32\"], [999, 999], [0, 0], [1024, 1024], \"float32\"]")]
    [InlineData(
        "conv2d_nchw.cuda",
        "[[\"TENSOR\", [1, 55440, 55440, 55440], \"float32\"], [\"TENSOR\", [55440, 55440, 5040, 5040], \"float32\"], [1, 1], "
            + "[2519, 2519, 2520, 2520], [1, 1], \"float32\"]")]
    [InlineData("dense_large_batch.cuda", "[[\"TENSOR\", [32, 2147483647], \"float32\"], [\"TENSOR\", [4, 8], \"float32\"], null, \"float32\"]")]
    [InlineData("batch_matmul.cuda", "[[\"TENSOR\", [1, 16], \"float32\"], [\"TENSOR\", [1, 8, 16], \"float32\"]]")]
    public void Arguments_that_no_task_has_are_refused_with_a_reason(string task, string arguments) =>
        AutoTvmTask.Of(Line(task, arguments, "[]")).Error.ShouldNotBeNull().ShouldContain(task);

    [Theory]
    [InlineData("conv2d/65536x3x1024x1024/4x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x9999999x8/4x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x9999x9999/s1x1/p9999,9999,9999,9999/d1x1/g1/blocked-blocked/v1")]
    [InlineData("dense/1x9999999x1x1/10x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1")]
    public void Workloads_beyond_what_logs_can_have_have_no_task(string key)
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key).ShouldNotBeNull();
        AutoTvmTask.Of(workload.IsDense ? "dense_small_batch.cuda" : "conv2d_nchw_winograd.cuda", workload).ShouldBeNull();
    }

    [Fact]
    public void Transposed_convolutions_and_products_have_the_spaces_of_their_templates()
    {
        // 2 x 2 upsampling of 4x4 to 8x8: splits of 1, 6, 8, 8 in four and of 5 in three, three steps, two ways to unroll, two to fuse.
        AutoTvmTask transposed = AutoTvmTask.Of(Line(
            "conv2d_transpose_nchw.cuda",
            "[[\"TENSOR\", [1, 5, 4, 4], \"float32\"], [\"TENSOR\", [5, 6, 4, 4], \"float32\"], [2, 2], [1, 1, 1, 1], \"float32\", [0, 0]]",
            "[]")).Value!;
        transposed.Space.Count.ShouldBe(1L * 16 * 20 * 20 * 3 * 3 * 2 * 2);
        AutoTvmTask product = AutoTvmTask.Of(Line(
            "batch_matmul.cuda", "[[\"TENSOR\", [12, 128, 64], \"float32\"], [\"TENSOR\", [12, 128, 64], \"float32\"], [12, 128, 128]]", "[]")).Value!;
        product.Space.Count.ShouldBe(36L * 36 * 7 * 4 * 2);
    }

    [Fact]
    public void A_point_that_is_none_of_the_space_is_not_found()
    {
        const string arguments = "[[\"TENSOR\", [1, 64], \"float32\"], [\"TENSOR\", [10, 64], \"float32\"], null, \"float32\"]";
        Find("[[\"tile_k\", \"sp\", [-1, 8]]]").ShouldNotBeNull().Tuple("tile_k").ShouldBe([8, 8]);
        Find("[[\"tile_k\", \"sp\", [8, 8]]]").ShouldNotBeNull();
        Find("[[\"tile_k\", \"sp\", [4, 8]]]").ShouldBeNull();
        Find("[[\"tile_k\", \"sp\", [-1, 7]]]").ShouldBeNull();
        Find("[[\"tile_k\", \"sp\", []]]").ShouldBeNull();
        Find("[[\"tile_k\", \"ot\", 8]]").ShouldBeNull();
        Find("[]").ShouldBeNull();

        static Configuration? Find(string entities)
        {
            AutoTvmRecord record = Line("dense_small_batch.cuda", arguments, entities);
            return AutoTvmTask.Of(record).Value!.Find(record);
        }
    }

    private static AutoTvmRecord Line(string task, string arguments, string entities) => AutoTvmLog.Read(
    [
        $$"""{"input": ["cuda", "{{task}}", {{arguments}}, {}], "config": {"index": 0, "code_hash": null, "entity": {{entities}}}, "result": [[1], 0, 1, 1], "version": 0.2}""",
    ]).Records.ShouldHaveSingleItem();

    // What the table leaves out: AlexNet pads its first two kernels by two, and SqueezeNet's first and last have none.
    private static int PaddingOf(int[] n) => n switch
    {
        [_, _, 224, 11, ..] => 2,
        [3, 64, 224, 3, 2, 112] => 1,
        _ => n[3] / 2,
    };

    private static AutoTvmLog Read(string name)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(TestData.PathOf("tophub", $"{name}.log.gz")), CompressionMode.Decompress));
        return AutoTvmLog.Read(reader.ReadToEnd().Split('\n'));
    }
}
