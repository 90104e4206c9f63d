using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Design;

public sealed class DesignCommandTests : IDisposable
{
    private const string Space = """
        { "family": "cli", "genes": [ { "id": "resolution", "values": [16, 24] }, { "id": "width", "values": [0.5, 1] }, { "id": "kernel", "values": [3, 5] } ],
          "build": { "template": "mobilenet", "stem": 8, "classes": 4, "stages": [ { "channels": 8, "stride": 2, "blocks": 2, "expansion": 2 } ] } }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("attune-cli-design-");

    [Fact]
    public async Task A_space_is_checked_and_its_members_counted()
    {
        CliRun run = await CliRun.Of("design", "space", "check", File("space.json", Space), "--designs", "4", "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("designs").GetInt32().ShouldBe(8);
        run.Json.GetProperty("built").GetInt32().ShouldBe(4);
        run.Json.GetProperty("members")[0].GetProperty("flops").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Parts_of_networks_may_be_quantised()
    {
        string space = File("space.json", Space);
        CliRun run = await CliRun.Of("design", "space", "check", space, "--precisions", "f32,i8", "--designs", "4", "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("designs").GetInt32().ShouldBe(8 * 8);
        run.Json.GetProperty("built").GetInt32().ShouldBe(4);
        run.Json.GetProperty("members")[0].GetProperty("genes").GetProperty("s1.precision").GetString().ShouldBeOneOf("f32", "i8");
        run = await CliRun.Of("design", "space", "check", space, "--precisions", "i8", "--designs", "1", "--json");
        run.Json.GetProperty("members")[0].GetProperty("genes").GetProperty("stem.precision").GetString().ShouldBe("i8");
    }

    [Theory]
    [InlineData("f32,i9", "there is no precision 'i9'. Did you mean 'i8'?")]
    [InlineData("i8,i8", "a precision occurs twice")]
    [InlineData("", "there is no precision ''")]
    public async Task Precisions_that_there_are_not_are_told(string names, string message)
    {
        CliRun run = await CliRun.Of("design", "space", "check", File("space.json", Space), "--precisions", names, "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
    }

    [Theory]
    [InlineData("zero-cost:flops", "gene,value,loss\n", true, "no table: or learned: gives those")]
    [InlineData("table:a.csv", "gene,value,loss\ns1.precision,i4,0.5\n", false, "line 2: 'i4' is no value of gene 's1.precision'")]
    public async Task Losses_that_cannot_be_used_are_told_before_anything_is_measured(string accuracy, string losses, bool isUsage, string message)
    {
        CliRun run = await CliRun.Of(
            "design", "front", "--space", File("space.json", Space), "--precisions", "f32,i8", "--store", Path("s.jsonl"), "--accuracy", accuracy,
            "--sensitivities", File("losses.csv", losses), "--json");
        run.Exit.ShouldBe(isUsage ? ExitCode.Usage : ExitCode.Model, run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
    }

    [Fact]
    public async Task Every_fault_of_a_space_is_told()
    {
        CliRun run = await CliRun.Of(
            "design", "space", "check", File("space.json", """{ "family": "f", "genes": [ { "id": "a", "values": [] }, { "id": "a", "value": [1] } ] }"""),
            "--json");
        run.Exit.ShouldBe(ExitCode.Model);
        run.ErrorCode.ShouldBe(ErrorCodes.MalformedSpace);
        run.Output.ShouldContain("Did you mean 'values'?");
    }

    [Fact]
    public async Task A_template_whose_sizes_do_not_fit_is_told()
    {
        string space = """{ "family": "f", "genes": [ { "id": "kernel", "values": [15] } ], "build": { "template": "mobilenet", "resolution": 8, "classes": 2, "stages": [ { "channels": 8, "stride": 2, "blocks": 1 }, { "channels": 8, "stride": 2 }, { "channels": 8, "stride": 2 }, { "channels": 8, "stride": 2 } ] } }""";
        CliRun run = await CliRun.Of("design", "space", "check", File("space.json", space), "--designs", "2", "--json");
        run.Json.GetProperty("built").GetInt32().ShouldBeOneOf(0, 2);
    }

    [Fact]
    public async Task Unknown_devices_are_explained()
    {
        string space = File("space.json", Space);
        CliRun run = await CliRun.Of("design", "assess", "--space", space, "--store", Path("s.jsonl"), "--target", "phone", "--json");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.Output.ShouldContain("neither a device of this machine nor one in the store");
        run = await CliRun.Of("design", "proxy", "build", "--space", space, "--store", Path("s.jsonl"), "--device", "local:lanes=7", "--json");
        run.Output.ShouldContain("vector width");
    }

    [Theory]
    [InlineData("--budget", "soon", "no time per inference")]
    [InlineData("--accuracy", "zero-cost:capasity", "Did you mean")]
    [InlineData("--accuracy-command", "python3 judge.py", "neither {design} nor {model}")]
    [InlineData("--candidates", "1", "--candidates at least 3")]
    public async Task Bad_values_are_told_before_anything_is_measured(string option, string value, string message)
    {
        string[] budget = option == "--budget" ? [] : ["--budget", "5ms"];
        CliRun run = await CliRun.Of(
            [
                "design", "optimize", "--space", File("space.json", Space), "--store", Path("s.jsonl"), "-o", Path("best.onnx"), option, value, .. budget,
                "--json",
            ]);
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        JsonDocument.Parse(run.Output).RootElement.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
    }

    [Theory]
    [InlineData("assess", "--target")]
    [InlineData("adapt", "--target")]
    [InlineData("front", "--target")]
    [InlineData("optimize", "--target", "--budget", "5ms", "-o", "best.onnx")]
    [InlineData("proxy build", "--device")]
    [InlineData("proxy build", "--device", "--tune", "1trials")]
    [InlineData("matrix", "--devices", "--devices", "local")]
    public async Task A_device_that_is_missing_is_told_with_what_would_work(string command, string option, params string[] more)
    {
        string device = more.Contains("--tune") ? "local:device=opencl:99,tuned" : "local:device=opencl:99";
        CliRun run = await CliRun.Of(
            [
                "design", .. command.Split(' '), "--space", File("space.json", Space), "--store", Path("s.jsonl"), "--records", Path("r.jsonl"), option, device,
                .. more, "--json",
            ]);
        run.Exit.ShouldBe(ExitCode.Device, run.ToString());
        run.ErrorCode.ShouldBe(ErrorCodes.NoDevice);
        JsonElement error = run.Json.GetProperty("error");
        error.GetProperty("message").GetString()!.ShouldStartWith("opencl:99 cannot be used here: ");
        error.GetProperty("next").GetString()!.ShouldStartWith("Use local (the processors)");
        System.IO.File.Exists(Path("r.jsonl")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_means_nothing_on_a_device_is_refused()
    {
        string space = File("space.json", Space);
        CliRun run = await CliRun.Of("design", "front", "--space", space, "--store", Path("s.jsonl"), "--target", "local:device=opencl:0,threads=2", "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.Output.ShouldContain("has no meaning on opencl:0");
        run = await CliRun.Of(
            "design", "optimize", "--space", space, "--store", Path("s.jsonl"), "--target", "local:device=cuda:0", "--budget", "5ms", "--energy", "1", "-o",
            Path("best.onnx"), "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.Output.ShouldContain("energy is that of processors");
    }

    [Theory]
    [InlineData("flet", "Did you mean 'fleet'?", ErrorCodes.BadValue)]
    [InlineData("fleet", "two other devices", ErrorCodes.NothingToLearn)]
    public async Task Methods_of_adaptation_that_cannot_be_used_are_explained(string method, string message, string code)
    {
        CliRun run = await CliRun.Of(
            "design",
            "adapt",
            "--space",
            File("space.json", Space),
            "--store",
            Path("s.jsonl"),
            "--target",
            "local:threads=1",
            "--samples",
            "2",
            "--method",
            method,
            "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(code);
        run.Output.ShouldContain(message);
    }

    [Fact]
    public async Task A_front_needs_something_that_predicts()
    {
        CliRun run = await CliRun.Of(
            "design", "front", "--space", File("space.json", Space), "--store", Path("s.jsonl"), "--target", "local:threads=1", "--json");
        run.ErrorCode.ShouldBe(ErrorCodes.NothingToLearn);
        run.Output.ShouldContain("design proxy build");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(folder.FullName, name);

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(Path(name), text);
        return Path(name);
    }
}
