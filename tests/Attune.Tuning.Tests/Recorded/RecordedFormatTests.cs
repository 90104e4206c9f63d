using System.Globalization;
using System.IO.Compression;
using System.Text;
using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Recorded;

namespace Attune.Tuning.Tests.Recorded;

public sealed class RecordedFormatTests
{
    private const string Cache = """
        {"device_name": "demo", "kernel_name": "k", "tune_params_keys": ["block", "tile"], "tune_params": {"block": [16, 32], "tile": [1, 2]}, "objective": "time",
         "cache": {
          "16,1": {"block": 16, "tile": 1, "time": 2.5, "times": [2.4, 2.6], "compile_time": 100.5, "verification_time": 0, "benchmark_time": 20.25},
          "16,2": {"block": 16, "tile": 2, "time": "CompilationFailedConfig", "compile_time": 80, "benchmark_time": 0},
          "32,1": {"block": 32, "tile": 1, "time": "RuntimeFailedConfig", "compile_time": 90, "benchmark_time": 1},
          "32,2": {"block": 32, "tile": 2, "time": "InvalidConfig", "compile_time": 0, "benchmark_time": 0}
        """;

    private const string Results = """
        {"schema_version": "1.0.0", "results": [
          {"timestamp": "t", "configuration": {"block": 16, "order": "inner"}, "times": {"compilation": 10, "benchmark": 5, "runtimes": [1, 3]}, "invalidity": "correct", "correctness": 1, "measurements": [{"name": "power", "value": 9, "unit": "W"}, {"name": "time", "value": 0.002, "unit": "s"}], "objectives": ["time"]},
          {"timestamp": "t", "configuration": {"block": 32, "order": "outer"}, "times": {"compilation_time": 7}, "invalidity": "timeout", "measurements": [], "objectives": ["time"]},
          {"timestamp": "t", "configuration": {"block": 32, "order": "inner"}, "times": {}, "invalidity": "constraints", "measurements": [], "objectives": ["time"]}
        ]}
        """;

    private const string Log = """
        {"input": ["llvm", "conv", [1], {}], "config": {"index": 3, "code_hash": null, "entity": [["tile", "sp", [-1, 2, 4]], ["unroll", "ot", true], ["order", "re", [1, 0]]]}, "result": [[0.002, 0.004], 0, 1.5, 1.0], "version": 0.2, "tvm_version": "0.9.0"}
        {"input": ["llvm", "conv", [1], {}], "config": {"index": 4, "code_hash": null, "entity": [["tile", "sp", [-1, 1, 8]], ["unroll", "ot", false], ["order", "re", [0, 1]]]}, "result": [[1e9], 4, 0.5, 1.0], "version": 0.2, "tvm_version": "0.9.0"}
        {"input": ["llvm", "conv", [1], {}], "config": {"index": 3, "code_hash": null, "entity": [["tile", "sp", [-1, 2, 4]], ["unroll", "ot", true], ["order", "re", [1, 0]]]}, "result": [[0.001], 0, 1.5, 1.0], "version": 0.2, "tvm_version": "0.9.0"}
        {"input": ["llvm", "conv", [2], {}], "config": {"index": 0, "code_hash": null, "entity": [["tile", "sp", [-1, 1, 1]], ["unroll", "ot", false], ["order", "re", [0, 1]]]}, "result": [[0.5], 0, 1.0, 1.0], "version": 0.2, "tvm_version": "0.9.0"}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("}}")]
    [InlineData(",")]
    public void Caches_of_Kernel_Tuner_are_read_also_when_their_writer_did_not_finish(string end)
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Cache + end));
        device.Points.ShouldBe(3);
        device.Failures.ShouldBe(2);
        device.BestMs.ShouldBe(2.5);
        device.Warnings.ShouldHaveSingleItem().ShouldContain("constraint");
        long best = Index(device, ("block", "16"), ("tile", "1"));
        device.CostOf(best).TotalMilliseconds.ShouldBe(120.75, 1e-9);
        device.DeviationOf(best).ShouldBe(Math.Sqrt(0.02), 1e-12);
        device.Measure(Index(device, ("block", "16"), ("tile", "2"))).Outcome.ShouldBe(Outcome.CompileError);
        device.Measure(Index(device, ("block", "32"), ("tile", "1"))).Outcome.ShouldBe(Outcome.Crash);
        device.Space.IsValid(Index(device, ("block", "32"), ("tile", "2"))).ShouldBeFalse();
    }

    [Fact]
    public void Results_in_the_T4_format_are_read_in_their_units()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Results));
        device.Points.ShouldBe(2);
        device.BestMs.ShouldBe(2, 1e-12);
        long best = Index(device, ("block", "16"), ("order", "inner"));
        device.CostOf(best).TotalMilliseconds.ShouldBe(15, 1e-9);
        device.Measure(Index(device, ("block", "32"), ("order", "outer"))).Outcome.ShouldBe(Outcome.TimeOut);
    }

    [Fact]
    public void Logs_of_AutoTVM_hold_one_device_per_task_and_keep_the_fastest_repeat()
    {
        string folder = Directory.CreateTempSubdirectory("attune-recorded").FullName;
        string path = Path.Combine(folder, "demo.log.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            writer.Write(Log);
        }

        var devices = RecordedDevice.LoadAll(path);
        devices.Select(device => device.Name).ShouldBe(["demo#0", "demo#1"]);
        devices[0].Points.ShouldBe(2);
        devices[0].BestMs.ShouldBe(1, 1e-12);
        devices[0].Space.Knobs.Select(knob => knob.Kind).ShouldBe([KnobKind.Split, KnobKind.Choice, KnobKind.Choice]);
        devices[0].Warnings.ShouldHaveSingleItem().ShouldContain("fastest");
        long best = Index(devices[0], ("tile", "2x4"), ("unroll", "True"), ("order", "1-0"));
        devices[0].CostOf(best).ShouldBe(TimeSpan.FromSeconds(1.5));
        RecordedDevice.Load(path + "#1").Points.ShouldBe(1);
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Load(path)).Failure.ShouldBe(RecordedFailure.TaskUnclear);
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Load(path + "#2")).Next.ShouldContain("#1");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Whatever_was_read_is_written_as_a_table_that_reads_the_same()
    {
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Cache));
        using var writer = new StringWriter();
        device.WriteCsv(writer);
        RecordedDevice again = RecordedDevice.Read("demo", new StringReader(writer.ToString()));
        again.Space.Listed!.Value.ShouldBe(device.Space.Listed!.Value);
        foreach (long point in device.Space.Listed.Value)
        {
            again.Measure(point).Outcome.ShouldBe(device.Measure(point).Outcome);
            again.Measure(point).MedianMs.ShouldBe(device.Measure(point).MedianMs);
            again.CostOf(point).ShouldBe(device.CostOf(point));
            again.DeviationOf(point).ShouldBe(device.DeviationOf(point));
        }
    }

    [Fact]
    public void Tables_may_carry_features_tuples_and_quoted_texts()
    {
        const string Text = "tile,note,status,time_ms,time_sd_ms,compile_ms,benchmark_ms,remark,feature_0,feature_1\r\n4x14,\"a, "
            + "\"\"b\"\"\",ok,2,0,1,1,x,0.5,3\r\n8x7,c,cut_short,4,0,1,1,y,1.5,4\r\n";
        RecordedDevice device = RecordedDevice.Read("demo", new StringReader(Text));
        device.Space.Knobs[0].Kind.ShouldBe(KnobKind.Split);
        device.Space.Knobs[0].Labels.ShouldBe(["8x7", "4x14"]);
        long point = Index(device, ("tile", "4x14"), ("note", "a, \"b\""));
        device.Space.Features(point)[^2..].ShouldBe([0.5, 3]);
        device.Space.Features(0).Length.ShouldBe(device.Space.Features(point).Length);
        using var writer = new StringWriter();
        device.WriteCsv(writer);
        RecordedDevice.Read("demo", new StringReader(writer.ToString())).Space.Features(point).ShouldBe(device.Space.Features(point));
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("inf")]
    [InlineData("")]
    public void A_good_row_without_a_usable_time_counts_as_a_failure_and_is_said_so(string time)
    {
        RecordedDevice device = RecordedDevice.Read(
            "demo", new StringReader($"a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,{time},nan,5,\n2,ok,3,0,0,0\n"));
        device.Failures.ShouldBe(1);
        device.BestMs.ShouldBe(3);
        device.Warnings.ShouldHaveSingleItem().ShouldContain("no usable time");
        device.CostOf(0).TotalMilliseconds.ShouldBe(5);
    }

    [Theory]
    [InlineData("", RecordedFailure.Malformed, "line 1")]
    [InlineData("a,b", RecordedFailure.Malformed, "line 1")]
    [InlineData("a,a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n", RecordedFailure.Malformed, "two knob columns")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n", RecordedFailure.Empty, "no configuration")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,great,1,0,0,0\n", RecordedFailure.Malformed, "line 2")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n\n\"1,ok,1,0,0,0\n", RecordedFailure.Malformed, "line 3")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms,feature_0\n1,ok,1,0,0,0,nan\n", RecordedFailure.Malformed, "line 2")]
    [InlineData(
        "a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,0,0,0\n2,ok,fast,0,0,0\n", RecordedFailure.Malformed,
        "line 3: time_ms 'fast' is no number")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1.5 ms,0,0,0\n", RecordedFailure.Malformed, "line 2: time_ms '1.5 ms' is no number")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,\"1,5\",0,0,0\n", RecordedFailure.Malformed, "line 2: time_ms '1,5' is no number")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,?,0,0\n", RecordedFailure.Malformed, "line 2: time_sd_ms")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,0,-,0\n", RecordedFailure.Malformed, "line 2: compile_ms")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,0,0,x\n", RecordedFailure.Malformed, "line 2: benchmark_ms")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,compile_error,error,0,0,0\n", RecordedFailure.Malformed, "line 2: time_ms")]
    [InlineData(
        "a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n\"1,ok,1,0,0,0\n2,ok\",1,0,0,0\n", RecordedFailure.Malformed,
        "line 2: the quote that begins field 1 is not closed")]
    [InlineData("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1\",ok,1,0,0,0\n", RecordedFailure.Malformed, "line 2: field 1 has a quote")]
    [InlineData("{\"x\": 1}", RecordedFailure.Malformed, "neither")]
    [InlineData("{\"cache\": 3, \"tune_params_keys\": [\"a\"]}", RecordedFailure.Malformed, "not what the format")]
    [InlineData("{\"cache\": {}, \"tune_params_keys\": []}", RecordedFailure.Malformed, "0 knobs")]
    [InlineData("{\"results\": []}", RecordedFailure.Empty, "no configuration")]
    [InlineData("{\"results\": [3]}", RecordedFailure.Malformed, "not what the format")]
    [InlineData("{\"input\": 3}", RecordedFailure.Malformed, "AutoTVM")]
    public void What_is_no_recording_is_refused_with_its_place(string text, RecordedFailure failure, string where)
    {
        RecordedDeviceException exception = Should.Throw<RecordedDeviceException>(() => RecordedDevice.Read("bad", new StringReader(text)));
        exception.Failure.ShouldBe(failure);
        exception.Message.ShouldContain(where);
        exception.Next.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_fills_the_memory() =>
        Should.Throw<RecordedDeviceException>(
            () => RecordedDevice.Read("bad", new StringReader(new string('1', 3_000_000)))).Failure.ShouldBe(RecordedFailure.TooLarge);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_unfolds_beyond_the_limit_is_refused_with_what_to_do(bool zipped)
    {
        string path = Path.GetTempFileName();
        using (Stream file = File.Create(path))
        using (Stream stream = zipped ? new GZipStream(file, CompressionLevel.Fastest) : file)
        {
            stream.Write(Encoding.ASCII.GetBytes("a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0,0,0\n"));
        }

        RecordedFile.Read(path, 70).ShouldHaveSingleItem().Rows.Count.ShouldBe(1);
        RecordedDeviceException refused = Should.Throw<RecordedDeviceException>(() => RecordedFile.Read(path, 60));
        refused.Failure.ShouldBe(RecordedFailure.TooLarge);
        refused.Message.ShouldBe($"{path}: it has more than 60 bytes of text.");
        refused.Next.ShouldContain("Split");
        File.Delete(path);
    }

    [Fact]
    public void A_product_beyond_63_bits_is_refused()
    {
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, 100).Select(i => $"k{i}")) + ",status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n");
        text.Append(string.Join(',', Enumerable.Repeat("1", 100)))
            .Append(",ok,1,0,0,0\n")
            .Append(string.Join(',', Enumerable.Repeat("2", 100)))
            .Append(",ok,1,0,0,0\n");
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Read("bad", new StringReader(text.ToString()))).Failure.ShouldBe(RecordedFailure.TooLarge);
    }

    [Fact]
    public void A_missing_or_broken_file_is_said_to_be_unreadable()
    {
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Load("/nonexistent/file.csv")).Failure.ShouldBe(RecordedFailure.Unreadable);
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        Should.Throw<RecordedDeviceException>(() => RecordedDevice.Load(path)).Failure.ShouldBe(RecordedFailure.Unreadable);
        File.Delete(path);
    }

    [Fact]
    public void Random_bytes_end_in_a_typed_failure()
    {
        var random = new Random(3);
        string[] seeds = [Cache, Results, Log, "a,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0,0,0\n2,ok,3,0,0,0\n"];
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            char[] text = seeds[i % seeds.Length].ToCharArray();
            for (int change = 0; change < 1 + (i % 5); change++)
            {
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            }

            try
            {
                RecordedDevice.Read("fuzz", new StringReader(new string(text))).Points.ShouldBeGreaterThan(0);
            }
            catch (RecordedDeviceException exception)
            {
                refused++;
                exception.Message.ShouldStartWith("fuzz");
            }
        }

        refused.ShouldBeGreaterThan(0);
    }

    private static long Index(RecordedDevice device, params (string Knob, string Label)[] labels) =>
        device.Space.Find(labels.ToDictionary(pair => pair.Knob, pair => pair.Label, StringComparer.Ordinal))
            .ShouldNotBeNull(string.Create(CultureInfo.InvariantCulture, $"{labels.Length} labels")).Index;
}
