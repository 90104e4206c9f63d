using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.RecordCommands;

public sealed class AutoTvmCommandTests : IDisposable
{
    internal const string Line =
        """{"input": ["cuda -model=1080ti", "dense_small_batch.cuda", [["TENSOR", [1, 64], "float32"], ["TENSOR", [10, 64], "float32"], null, "float32"], {}], "config": {"index": 3, "code_hash": null, "entity": [["tile_k", "sp", [-1, 8]]]}, "result": [[8.9e-05], 0, 1.8, 1535340502.5], "version": 0.2, "tvm_version": "0.7.dev0"}""";

    private readonly string folder = Directory.CreateTempSubdirectory("attune-import-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_log_becomes_a_records_file_that_the_other_commands_read_and_goes_out_as_it_came()
    {
        string log = Write("a.log", $"# comment\n{Line}\nbroken\n");
        string records = Path.Combine(folder, "a.jsonl");
        CliRun import = await CliRun.Of("records", "import", "--format", "autotvm", log, "-o", records, "--json");
        import.Exit.ShouldBe(ExitCode.Done, import.ToString());
        (Count(import, "records"), Count(import, "points"), Count(import, "comments"), Count(import, "skipped")).ShouldBe((1, 1, 1, 1));
        import.Json.GetProperty("warnings")[0].GetString()!.ShouldContain("1 broken line (line 3:");

        CliRun list = await CliRun.Of("records", "list", records, "--json");
        list.Json.GetProperty("files")[0].GetProperty("devices")[0].GetString().ShouldBe("cuda -model=1080ti");
        CliRun best = await CliRun.Of("records", "best", records, "--json");
        best.Json.GetProperty("tasks")[0].GetProperty("knobs").GetProperty("algorithm").GetString().ShouldBe("gpu-dense");
        (await CliRun.Of("records", "show", records)).Output.ShouldContain("gpu-dense");

        string written = Path.Combine(folder, "b.log");
        CliRun export = await CliRun.Of("records", "export", "--format", "autotvm", records, "-o", written, "--json");
        export.Exit.ShouldBe(ExitCode.Done, export.ToString());
        File.ReadAllText(written).ShouldBe($"{Line}\n");
    }

    [Theory]
    [InlineData("broken\n")]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    public async Task A_log_without_any_record_is_refused_and_nothing_is_written(string content)
    {
        string records = Path.Combine(folder, "a.jsonl");
        CliRun run = await CliRun.Of("records", "import", Write("a.log", content), "-o", records, "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Model, "AT3006"));
        Directory.GetFiles(folder).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Files_that_are_no_records_are_not_replaced_and_missing_logs_are_told()
    {
        string log = Write("a.log", $"{Line}\n");
        (await CliRun.Of("records", "import", log, "-o", log, "--json")).ErrorCode.ShouldBe("AT3001");
        File.ReadAllText(log).ShouldBe($"{Line}\n");
        (await CliRun.Of("records", "import", Path.Combine(folder, "none.log"), "-o", Path.Combine(folder, "x.jsonl"), "--json")).ErrorCode.ShouldBe("AT1010");
    }

    [Fact]
    public async Task Records_that_are_there_are_not_replaced_by_an_import()
    {
        string log = Write("a.log", $"{Line}\n");
        string records = Path.Combine(folder, "a.jsonl");
        (await CliRun.Of("records", "import", log, "-o", records, "--json")).Exit.ShouldBe(ExitCode.Done);
        byte[] before = File.ReadAllBytes(records);
        string other = Write("b.log", $"{Line.Replace("[-1, 8]", "[-1, 4]", StringComparison.Ordinal)}\n");
        CliRun again = await CliRun.Of("records", "import", other, "-o", records, "--json");
        (again.Exit, again.ErrorCode).ShouldBe((ExitCode.Usage, "AT1010"), again.ToString());
        again.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(records);
        again.Json.GetProperty("error").GetProperty("next").GetString()!.ShouldContain("attune records merge");
        File.ReadAllBytes(records).ShouldBe(before);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("autotvm")]
    public async Task An_export_replaces_no_records(string format)
    {
        string records = Path.Combine(folder, "a.jsonl");
        (await CliRun.Of("records", "import", Write("a.log", $"{Line}\n"), "-o", records, "--json")).Exit.ShouldBe(ExitCode.Done);
        byte[] before = File.ReadAllBytes(records);
        CliRun run = await CliRun.Of("records", "export", "--format", format, records, "-o", records, "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Usage, "AT1010"), run.ToString());
        File.ReadAllBytes(records).ShouldBe(before);
    }

    [Fact]
    public async Task Json_is_one_array_of_the_records()
    {
        string records = Path.Combine(folder, "a.jsonl");
        (await CliRun.Of("records", "import", Write("a.log", $"{Line}\n"), "-o", records, "--json")).Exit.ShouldBe(ExitCode.Done);
        string json = Path.Combine(folder, "a.json");
        (await CliRun.Of("records", "export", "--format", "json", records, "-o", json, "--json")).Exit.ShouldBe(ExitCode.Done);
        using var document = JsonDocument.Parse(File.ReadAllBytes(json));
        document.RootElement.GetArrayLength().ShouldBe(1);
        document.RootElement[0].GetProperty("device").GetString().ShouldBe("cuda -model=1080ti");
    }

    [Fact]
    public async Task Records_without_a_counterpart_are_counted_and_no_log_is_written_when_there_is_none()
    {
        string records = Path.Combine(folder, "a.jsonl");
        (await CliRun.Of("records", "import", Write("a.log", $"{Line}\n"), "-o", records, "--json")).Exit.ShouldBe(ExitCode.Done);
        string csv = Path.Combine(folder, "a.csv");
        (await CliRun.Of("records", "export", records, "-o", csv, "--json")).Exit.ShouldBe(ExitCode.Done);
        File.ReadAllLines(csv).Length.ShouldBe(2);

        string empty = Write("empty.jsonl", string.Empty);
        string written = Path.Combine(folder, "b.log");
        CliRun run = await CliRun.Of("records", "export", "--format", "autotvm", empty, "-o", written, "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Model, "AT3006"));
        File.Exists(written).ShouldBeFalse();
    }

    private static int Count(CliRun run, string name) => run.Json.GetProperty(name).GetInt32();

    private string Write(string name, string content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
