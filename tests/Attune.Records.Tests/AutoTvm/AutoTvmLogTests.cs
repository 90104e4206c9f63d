using System.IO.Compression;
using System.Text.Json.Nodes;
using Attune.Records.AutoTvm;

namespace Attune.Records.Tests.AutoTvm;

public sealed class AutoTvmLogTests
{
    private const string Old = """
        {"i": ["cuda -model=1080ti", "topi_nn_conv2d", [["TENSOR",[1,512,7,7],"float32"],["TENSOR",[512,512,3,3],"float32"],[1,1],[1,1],[1,1],"NCHW","float32"], {}, ["conv2d",[1,512,7,7,"float32"],[512,512,3,3,"float32"],[1,1],[1,1],[1,1],"NCHW","float32"], {"i":822621,"t":"direct","c":null,"e":[["tile_f","sp",[-1,2,32,1]],["tile_y","sp",[-1,1,1,7]],["tile_x","sp",[-1,1,7,1]],["tile_rc","sp",[-1,8]],["tile_ry","sp",[-1,3]],["tile_rx","sp",[-1,3]],["auto_unroll_max_step","ot",1500],["unroll_explicit","ot",1]]}], "r": [[8.9e-05],0,2.31,1593600000.12], "v":0.1}
        """;

    private const string New = """
        {"input": ["c -keys=arm_cpu,cpu -device=arm_cpu", "dense_dsp.arm_cpu", [["TENSOR",[1,640],"int16"],["TENSOR",[128,640],"int16"],null,"int32"], {}], "config": {"index":0,"code_hash":null,"entity":[]}, "result": [[0.006714],0,30.18607449531555,1659468884.7003868], "version":0.2, "tvm_version":"0.10.dev0"}
        """;

    [Fact]
    public void Both_formats_are_read()
    {
        AutoTvmLog log = AutoTvmLog.Read([Old.Trim(), New.Trim()]);
        log.Faults.ShouldBeEmpty();
        AutoTvmRecord old = log.Records[0];
        old.Index.ShouldBe(822_621);
        old.Template.ShouldBe("direct");
        old.Entities.Length.ShouldBe(8);
        old.Entities[0].ShouldBe(new AutoTvmEntity("tile_f", "sp", "[-1,2,32,1]"));
        old.TimeMs!.Value.ShouldBe(0.089, 1e-12);
        AutoTvmRecord fresh = log.Records[1];
        fresh.TvmVersion.ShouldBe("0.10.dev0");
        fresh.AllSeconds.ShouldBe(30.18607449531555);
        fresh.Workload.ShouldBeNull();
    }

    [Theory]
    [InlineData(Old)]
    [InlineData(New)]
    public void A_record_is_written_as_it_was_read(string line)
    {
        using var writer = new StringWriter();
        AutoTvmLog.Write(writer, AutoTvmLog.Read([line.Trim()]).Records);
        string written = writer.ToString();
        written.ShouldEndWith("\n");
        JsonNode.DeepEquals(JsonNode.Parse(written), JsonNode.Parse(line)).ShouldBeTrue(written);
    }

    [NeedingTheory(Need.TopHub)]
    [InlineData("cuda_1080ti", 160)]
    [InlineData("cuda_titanx", 160)]
    [InlineData("cuda_tx2", 176)]
    [InlineData("mali_rk3399", 528)]
    [InlineData("arm_cpu_bcm2837", 220)]
    [InlineData("arm_cpu_rk3399", 220)]
    public void Logs_of_TVM_are_written_byte_for_byte_as_they_were_read(string name, int lines)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(TestData.PathOf("tophub", $"{name}.log.gz")), CompressionMode.Decompress));
        string text = reader.ReadToEnd();
        AutoTvmLog log = AutoTvmLog.Read(text.Split('\n'));
        log.Faults.ShouldBeEmpty();
        log.Records.Length.ShouldBe(lines);
        using var writer = new StringWriter();
        AutoTvmLog.Write(writer, log.Records);
        writer.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(8.870914716312056e-05, "8.870914716312056e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e9, "1000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(123456789012345680, "1.2345678901234568e+17")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(0, "0.0")]
    [InlineData(5e-324, "5e-324")]
    public void Numbers_are_printed_as_Python_prints_them(double number, string text) => PythonNumber.Of(number).ShouldBe(text);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"input\": 3}")]
    [InlineData("{\"input\": [\"t\", \"n\", [], {}], \"config\": {\"index\": \"x\"}, \"result\": [[1], 0, 1, 1], \"version\": 0.2}")]
    [InlineData(
        "{\"input\": [\"t\", \"n\", [], {}], \"config\": {\"index\": 1, \"code_hash\": null, \"entity\": []}, \"result\": [[1], 0, 1, 1], \"version\": 0.3}")]
    [InlineData("{\"input\": [\"t\", \"n\", [], {}], \"config\": {\"index\": 1, \"code_hash\": null, \"entity\": [[\"a\", \"zz\", 1]]}, \"result\": [[1], 0, "
        + "1, 1], \"version\": 0.2}")]
    [InlineData("{\"input\": [\"t\"], \"config\": {}, \"result\": [], \"version\": 0.2}")]
    [InlineData("{\"version\": 0.2}")]
    [InlineData("\u0000\u0001")]
    public void A_broken_line_is_a_fault_with_its_number_and_the_rest_is_read(string broken)
    {
        AutoTvmLog log = AutoTvmLog.Read([New.Trim(), broken, string.Empty, New.Trim()]);
        log.Records.Length.ShouldBe(2);
        log.FaultyLines.ShouldBe(1);
        log.Faults.ShouldHaveSingleItem().ShouldStartWith("line 2:");
    }

    [Fact]
    public void A_line_cut_anywhere_never_throws()
    {
        string line = Old.Trim();
        for (int length = 1; length < line.Length; length += 3)
        {
            AutoTvmLog.Read([line[..length]]).Records.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Failures_have_outcomes_and_no_time()
    {
        AutoTvmRecord record = AutoTvmLog.Read([New.Trim()]).Records[0];
        int[] errors = [1, 2, 3, 4, 5, 6, 7, 8];
        errors.Select(error => (record with { Error = error, CostsSeconds = [1e9] }).Outcome).ShouldBe(
            [
                Outcome.CompileError, Outcome.CompileError, Outcome.CompileError, Outcome.Crash, Outcome.WrongResult, Outcome.TimeOut, Outcome.TimeOut,
                Outcome.Crash,
            ]);
        (record with { Error = 4, CostsSeconds = [1e9] }).TimeMs.ShouldBeNull();
        (record with { CostsSeconds = [] }).TimeMs.ShouldBeNull();
    }
}
