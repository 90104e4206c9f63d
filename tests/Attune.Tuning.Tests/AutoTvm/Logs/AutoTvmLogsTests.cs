using System.IO.Compression;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Records.AutoTvm;
using Attune.Records.Journals;
using Attune.Tuning.AutoTvm;
using Attune.Tuning.AutoTvm.Logs;

namespace Attune.Tuning.Tests.AutoTvm.Logs;

public sealed class AutoTvmLogsTests : IDisposable
{
    private static readonly KernelTarget Gpu = new() { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) };
    private static readonly KernelTarget Mali = new() { Kind = TargetKind.OpenCl, Lanes = 1, Groups = new GroupLimits(256, 32 << 10, 4) };
    private readonly string folder = Directory.CreateTempSubdirectory("attune-logs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_published_point_is_a_point_of_the_template_here()
    {
        TuningRecord record = Read(Published.Direct).Records.ShouldHaveSingleItem();
        record.Task.ShouldBe("conv2d/1x512x7x7/512x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1");
        (record.Device, record.DeviceKind, record.Threads).ShouldBe(("cuda -model=1080ti", "cuda", 1));
        (record.Outcome, record.Index, record.Template).ShouldBe((Outcome.Ok, 822_621, "conv2d_nchw.cuda/0"));
        record.MedianMs!.Value.ShouldBe(0.08870914716312056, 1e-12);
        record.Time.ShouldBe(new DateTimeOffset(2018, 8, 27, 3, 28, 22, TimeSpan.Zero) + TimeSpan.FromSeconds(0.6141953), TimeSpan.FromMilliseconds(1));
        Configuration point = SpaceOf(record).Find(record.Knobs).ShouldNotBeNull();
        point.Algorithm.ShouldBe("gpu-direct");
        point.Own.Index.ShouldBe(822_621);
    }

    [Fact]
    public void Depthwise_Winograd_and_dense_points_are_found_too()
    {
        AutoTvmLogs logs = Read(Published.Depthwise, Published.Winograd, Published.Dense);
        logs.Points.ShouldBe(3);
        Configuration[] points = [.. logs.Records.Select(record => SpaceOf(record).Find(record.Knobs).ShouldNotBeNull(record.Task))];
        points.Select(point => point.Algorithm).ShouldBe(["gpu-depthwise", "gpu-winograd4", "gpu-dense"]);
        points[0].Own.Index.ShouldBe(4_741_632);
        points[1].Tuple("winograd4_tile_y").ShouldBe([1, 1, 8, 4]);
        points[2].Own.Index.ShouldBe(3);
        logs.Records[2].Task.ShouldBe("dense/1x64x1x1/10x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
    }

    [Fact]
    public void A_transposed_convolution_is_a_task_and_its_points_are_those_of_the_template_here()
    {
        TuningRecord record = Read(Published.Transposed).Records.ShouldHaveSingleItem();
        record.Task.ShouldBe("transposed2d/1x5x4x4/6x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1");
        Configuration point = SpaceOf(record).Find(record.Knobs).ShouldNotBeNull();
        (point.Algorithm, point.Own.Index).ShouldBe(("gpu-transposed", 211_200));

        // Any other point keeps its index and entities on the way out and back in.
        Space space = SpaceOf(record).Parts[0].Space;
        var random = new Random(6);
        for (int i = 0; i < 50; i++)
        {
            long index = random.NextInt64(space.Count);
            var knobs = new Dictionary<string, string>(space[index].ToLabels()) { ["algorithm"] = "gpu-transposed" };
            AutoTvmRecord line = AutoTvmExport.Of(record with { Origin = null, Knobs = knobs }).OrThrow(reason => new InvalidOperationException(reason));
            (line.Task, line.Index).ShouldBe(("conv2d_transpose_nchw.cuda", index));
            Read(AutoTvmExport.Text(line)).Records.Single().Knobs.ShouldBe(knobs, ignoreOrder: true);
        }
    }

    [Fact]
    public void A_point_of_Mali_is_a_point_of_the_template_here_and_goes_out_for_Mali()
    {
        TuningRecord record = Read(Published.Mali).Records.ShouldHaveSingleItem();
        Configuration point = SpaceOf(record).Find(record.Knobs).ShouldNotBeNull();
        (point.Algorithm, point.Own.Index).ShouldBe(("gpu-spatial", 166_500));
        AutoTvmRecord line = AutoTvmExport.Of(record with { Origin = null, Device = "rk3399" }).OrThrow(reason => new InvalidOperationException(reason));
        AutoTvmRecord published = AutoTvmLog.Read([Published.Mali]).Records.Single();
        (line.Task, line.Target, line.Arguments, line.Index).ShouldBe((published.Task, published.Target, published.Arguments, published.Index));
        line.Entities[3..].ShouldBe(published.Entities[3..]);
    }

    [NeedingFact(Need.TopHub)]
    public void What_was_published_for_Mali_can_be_launched_there()
    {
        TuningRecord[] records = [.. AutoTvmLogs.Read([TestData.PathOf("tophub", "mali_rk3399.log.gz")]).Records.Where(AutoTvmImport.IsPoint)];
        records.ShouldAllBe(record => SpaceOf(record).IsValid(SpaceOf(record).Find(record.Knobs).ShouldNotBeNull().Index));
    }

    [Fact]
    public void Rows_and_columns_more_are_kept_and_groups_are_refused()
    {
        string more = Published.Transposed.Replace("[0, 0]]", "[1, 0]]", StringComparison.Ordinal);
        TuningRecord record = Read(more).Records.ShouldHaveSingleItem();
        record.Task.ShouldContain("/o1x0/");
        AutoTvmRecord line = AutoTvmExport.Of(record with { Origin = null, Knobs = KnobsOfFirst(record) })
            .OrThrow(reason => new InvalidOperationException(reason));
        line.Arguments.ShouldEndWith("\"float32\", [1, 0]]");
        AutoTvmLogs grouped = Read(Published.Transposed.Replace("[0, 0]]", "[0, 0], 5]", StringComparison.Ordinal));
        grouped.Records.ShouldBeEmpty();
        grouped.Notes.ShouldHaveSingleItem().ShouldContain("conv2d_transpose_nchw.cuda");

        static Dictionary<string, string> KnobsOfFirst(TuningRecord record) =>
            new(SpaceOf(record).Parts[0].Space[0].ToLabels()) { ["algorithm"] = "gpu-transposed" };
    }

    [Fact]
    public void Format_0_1_gives_the_same_point()
    {
        AutoTvmLogs logs = Read(Published.Old, Published.Direct);
        logs.Records.Length.ShouldBe(2);
        logs.Records[0].Knobs.ShouldBe(logs.Records[1].Knobs, ignoreOrder: true);
        logs.Records[0].Task.ShouldBe(logs.Records[1].Task);
    }

    [Fact]
    public void A_foreign_template_is_history_of_its_task()
    {
        AutoTvmLogs logs = Read(Published.Arm);
        TuningRecord record = logs.Records.ShouldHaveSingleItem();
        logs.Points.ShouldBe(0);
        record.Task.ShouldBe("conv2d/1x3x224x224/64x7x7/s2x2/p3,3,3,3/d1x1/g1/blocked-blocked/v1");
        (record.DeviceKind, record.Threads, record.Template).ShouldBe(("cpu", 0, "conv2d_nchw_spatial_pack.arm_cpu/0"));
        record.Knobs["ann_reduce"].ShouldBe("[\"unroll\", \"none\"]");
    }

    [Fact]
    public void Everything_left_out_is_counted_with_the_reason_and_the_first_line()
    {
        string product = Published.Line(
            "cuda", "batch_matmul.cuda", "[[\"TENSOR\", [1, 8, 16], \"float32\"], [\"TENSOR\", [1, 8, 16], \"float32\"]]", 0, string.Empty);
        string bytes = Published.Arm.Replace("float32", "int8", StringComparison.Ordinal);
        AutoTvmLogs logs = Read("# a comment", Published.Direct, product, product, Published.Direct, "{\"v\": 0.3}", bytes);
        (logs.Records.Length, logs.Duplicates, logs.Comments, logs.Skipped).ShouldBe((1, 1, 1, 4));
        logs.Notes.Length.ShouldBe(3);
        logs.Notes[0].ShouldEndWith("2 lines of 'batch_matmul.cuda', which computes no task of ours (first: line 3).");
        logs.Notes[1].ShouldContain("with numbers of type int8; tasks here have float32 (first: line 7)");
        logs.Notes[2].ShouldContain("1 broken line (line 6:");
    }

    [Fact]
    public void Lines_of_sizes_that_nothing_can_have_are_left_out_with_the_reason()
    {
        string batch = Published.Winograd.Replace("[1, 16, 8, 8]", "[65536, 16, 1024, 1024]", StringComparison.Ordinal);
        string kernel = Published.Winograd.Replace("[32, 16, 3, 3]", "[32, 16, 32768, 32768]", StringComparison.Ordinal);
        AutoTvmLogs logs = Read(kernel, Published.Winograd, batch);
        logs.Notes.ShouldHaveSingleItem().ShouldContain("1 lines of 'conv2d_nchw_winograd.cuda' whose arguments are not understood: a kernel");

        // The layer of that batch exists; AutoTVM's points of it do not.
        (logs.Records.Length, logs.Points, logs.Skipped).ShouldBe((2, 1, 1));
        logs.Records[1].Knobs.Keys.ShouldContain("tile_b");
    }

    [Theory]
    [InlineData("rocm -model=gfx90a", "rocm", 1)]
    [InlineData("vulkan", "vulkan", 1)]
    [InlineData("metal", "metal", 1)]
    [InlineData("opencl -device=mali", "opencl", 1)]
    [InlineData("llvm -mcpu=core-avx2", "cpu", 0)]
    [InlineData("c -keys=arm_cpu,cpu", "cpu", 0)]
    public void The_kind_of_device_is_that_of_the_target(string target, string kind, int threads)
    {
        TuningRecord record = Read(Published.Dense.Replace("[\"cuda\"", $"[\"{target}\"", StringComparison.Ordinal)).Records.ShouldHaveSingleItem();
        (record.DeviceKind, record.Device, record.Threads).ShouldBe((kind, target, threads));
    }

    [Fact]
    public void Other_targets_are_left_out_by_name()
    {
        AutoTvmLogs logs = Read(Published.Dense.Replace("[\"cuda\"", "[\"hexagon -mcpu=v68\"", StringComparison.Ordinal));
        logs.Records.ShouldBeEmpty();
        logs.Notes.ShouldHaveSingleItem().ShouldContain("1 lines for the target 'hexagon'; known are cuda,");
    }

    [Fact]
    public void Lines_beyond_the_limit_are_counted_with_what_to_do()
    {
        string path = Path.Combine(folder, "long.log");
        File.WriteAllLines(path, [Published.Direct, Published.Dense, Published.Winograd, Published.Depthwise]);
        AutoTvmLogs logs = AutoTvmLogs.Read([path], 2);
        (logs.Records.Length, logs.Points, logs.Skipped).ShouldBe((2, 2, 2));
        logs.Notes.ShouldHaveSingleItem().ShouldBe(
            $"{path}: 2 lines beyond the first 2 records, which is all that is read at once; read them as files of their own (first: line 3).");
    }

    [Fact]
    public void Lines_of_one_task_share_its_space()
    {
        AutoTvmRecord line = AutoTvmLog.Read([Published.Direct]).Records.Single();
        var tasks = new AutoTvmTasks();
        AutoTvmTask first = tasks.Of(line).Value.ShouldNotBeNull();
        tasks.Of(line with { Index = 5 }).Value.ShouldBeSameAs(first);
        tasks.Of(line with { Target = "opencl -device=mali" }).Value.ShouldBeSameAs(first);
        tasks.Of(line with { Arguments = $"{line.Arguments} " }).Value.ShouldNotBeSameAs(first);
        AutoTvmTask? ours = tasks.Of(first.Name, first.Workload!);
        tasks.Of(first.Name, first.Workload! with { }).ShouldNotBeNull().ShouldBeSameAs(ours);
        for (int n = 0; n < 100; n++)
        {
            tasks.Of(line with { Arguments = line.Arguments.Replace("512, 7, 7", $"512, 7, {7 + n}", StringComparison.Ordinal) }).Succeeded.ShouldBeTrue();
        }

        tasks.Of(line).Value.ShouldNotBeNull().Space.Count.ShouldBe(first.Space.Count);
    }

    [Theory]
    [InlineData(1, Outcome.CompileError)]
    [InlineData(4, Outcome.Crash)]
    [InlineData(5, Outcome.WrongResult)]
    [InlineData(7, Outcome.TimeOut)]
    public void Failures_keep_what_failed(int error, Outcome outcome)
    {
        string line = Published.Dense.Replace("[8.870914716312056e-05], 0,", $"[1000000000.0], {error},", StringComparison.Ordinal);
        TuningRecord record = Read(line).Records.ShouldHaveSingleItem();
        (record.Outcome, record.MedianMs, record.TimesMs.Length).ShouldBe((outcome, null, 0));
        record.Message.ShouldNotBeNull().ShouldContain($"error {error}");
    }

    [Fact]
    public void Every_kind_of_line_comes_back_byte_for_byte_through_a_records_file()
    {
        string path = Path.Combine(folder, "imported.jsonl");
        JournalFile.Replace(path, () => Read(Published.All).Records);
        JournalContents kept = JournalReader.Read(path);
        kept.Damage.ShouldBeEmpty();
        kept.Records.Select(record => AutoTvmExport.Text(AutoTvmExport.Of(record).Value!)).ShouldBe(Published.All);
    }

    [Fact]
    public void A_measurement_of_ours_is_written_as_a_line_that_means_the_same()
    {
        foreach (string line in new[] { Published.Direct, Published.Depthwise, Published.Winograd, Published.Dense, Published.Transposed })
        {
            TuningRecord ours = Read(line).Records.Single() with { Origin = null, Device = "gpu-of-a-user" };
            string written = AutoTvmExport.Text(AutoTvmExport.Of(ours).OrThrow(reason => new InvalidOperationException(reason)));
            TuningRecord again = Read(written).Records.ShouldHaveSingleItem(written);
            again.Task.ShouldBe(ours.Task);
            again.Knobs.ShouldBe(ours.Knobs, ignoreOrder: true);
            again.MedianMs!.Value.ShouldBe(ours.MedianMs!.Value, 1e-12);
            again.Device.ShouldBe("cuda -model=gpu-of-a-user");
            AutoTvmRecord read = AutoTvmLog.Read([written]).Records.Single();
            read.Arguments.ShouldBe(AutoTvmLog.Read([line]).Records.Single().Arguments);
        }
    }

    [Fact]
    public void Records_without_a_counterpart_say_why()
    {
        TuningRecord ours = Read(Published.Direct).Records.Single() with { Origin = null };
        AutoTvmExport.Of(ours with { DeviceKind = "cpu" }).Error.ShouldNotBeNull().ShouldContain("processors");
        AutoTvmExport.Of(ours with { Outcome = Outcome.CutShort }).Error.ShouldNotBeNull().ShouldContain("cut short");
        AutoTvmExport.Of(ours with { DeviceKind = "rocm" }).Error.ShouldNotBeNull().ShouldContain("neither CUDA's nor OpenCL's");
        AutoTvmExport.Of(ours with { Task = "a+b" }).Error.ShouldNotBeNull().ShouldContain("no space");
        AutoTvmExport.Of(ours with { Task = ours.Task.Replace("512x7x7", "512x7x9999999", StringComparison.Ordinal) }).Error.ShouldNotBeNull()
            .ShouldContain("no space");
        AutoTvmExport.Of(ours with { Task = ours.Task.Replace("s1x1", "s0x0", StringComparison.Ordinal) }).Error.ShouldNotBeNull().ShouldContain("no space");
        AutoTvmExport.Of(ours with { Knobs = new Dictionary<string, string> { ["algorithm"] = "gpu-gemm" } }).Error.ShouldNotBeNull().ShouldContain("no space");
        AutoTvmExport.Of(ours with { Knobs = new Dictionary<string, string> { ["algorithm"] = "gpu-direct" } }).Error.ShouldNotBeNull()
            .ShouldContain("no space");
        AutoTvmExport.Of(ours with { Origin = "{\"program\": \"another\"}" }).Error.ShouldNotBeNull().ShouldContain("other programs");
        AutoTvmExport.Of(ours with { Origin = $"\n{Published.Direct}" }).Error.ShouldNotBeNull().ShouldContain("other programs");
    }

    [NeedingTheory(Need.TopHub)]
    [InlineData("cuda_1080ti", 160, 160)]
    [InlineData("cuda_titanx", 160, 160)]
    [InlineData("cuda_tx2", 176, 176)]
    [InlineData("mali_rk3399", 301, 251)] // 224 direct and 27 depthwise convolutions; Winograd and products have no template here
    [InlineData("arm_cpu_bcm2837", 220, 0)]
    [InlineData("arm_cpu_rk3399", 220, 0)]
    public void Published_logs_come_in_whole_and_go_out_byte_for_byte(string name, int lines, int points)
    {
        string path = TestData.PathOf("tophub", $"{name}.log.gz");
        AutoTvmLogs logs = AutoTvmLogs.Read([path]);
        (logs.Records.Length, logs.Points).ShouldBe((lines, points), string.Join('\n', logs.Notes));

        // Mali has lines of half-precision numbers too, which are no tasks here.
        logs.Notes.ShouldAllBe(note => note.Contains("float16", StringComparison.Ordinal));
        logs.Records.Where(AutoTvmImport.IsPoint).ShouldAllBe(record => SpaceOf(record).Find(record.Knobs) != null);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        IEnumerable<string> published = reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.Contains("float16", StringComparison.Ordinal));
        logs.Records.Select(record => AutoTvmExport.Text(AutoTvmExport.Of(record).Value!)).ShouldBe(published);
    }

    private static Space SpaceOf(TuningRecord record) =>
        KernelTemplates.CreateSpace(WeightedWorkload.TryParse(record.Task)!, record.DeviceKind == "opencl" ? Mali : Gpu);

    private AutoTvmLogs Read(params string[] lines)
    {
        string path = Path.Combine(folder, "lines.log");
        File.WriteAllLines(path, lines);
        return AutoTvmLogs.Read([path]);
    }
}
