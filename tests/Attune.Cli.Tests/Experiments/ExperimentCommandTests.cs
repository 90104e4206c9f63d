using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Experiments;

public sealed class ExperimentCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-cli-").FullName;

    private string Output => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("date2021", "table")]
    [InlineData("iccv2021", "table")]
    public async Task An_experiment_on_recorded_devices_writes_its_reports(string experiment, string key)
    {
        string first = RecordedDeviceFile.Write(folder, "one");
        RecordedDeviceFile.Write(folder, "two", shift: 1);
        string[] arguments =
        [
            "experiment", experiment, "--device", $"recorded:{Path.Combine(folder, "*.csv")}", "--tuners", "random,bted+bao", "--seeds", "2", "--trials", "30",
            "-o", Output, "--json",
        ];
        CliRun run = await CliRun.Of(arguments);
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement[] rows = [.. run.Json.GetProperty(key).EnumerateArray()];
        rows.Select(row => row.GetProperty("group").GetString()).Distinct().ShouldContain("two");
        run.Json.GetProperty("setting").GetProperty("scale").GetString()!.ShouldStartWith("Scaled down: 2 seeds of 10");
        foreach (string file in new[] { "report.html", "report.md", "report.json" })
        {
            File.ReadAllText(Path.Combine(Output, file)).ShouldContain("bted+bao");
        }

        File.Exists(first).ShouldBeTrue();
        CliRun again = await CliRun.Of(arguments);
        again.Json.GetProperty(key).GetRawText().ShouldBe(run.Json.GetProperty(key).GetRawText(), "the second run takes everything over");
    }

    [Theory]
    [InlineData("AT1005", "--tuners", "random,bted+boa")]
    [InlineData("AT1005", "--tuners", "random,random")]
    [InlineData("AT1005", "--trials", "0")]
    [InlineData("AT1005", "--seeds", "0")]
    [InlineData("AT1005", "--networks", "alexnet")]
    [InlineData("AT1005", "--time-limit", "soon")]
    public async Task Wrong_values_are_refused_before_any_work(string code, string option, string value)
    {
        string file = RecordedDeviceFile.Write(folder, "one");
        CliRun run = await CliRun.Of("experiment", "date2021", "--device", $"recorded:{file}", "-o", Output, "--json", option, value);
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(code);
    }

    [Fact]
    public async Task A_mistyped_time_limit_is_told_before_anything_is_loaded()
    {
        CliRun run = await CliRun.Of("experiment", "date2021", "--device", "recorded:nowhere.csv", "--time-limit", "soon", "-o", Output, "--json");
        run.ErrorCode.ShouldBe("AT1005", run.ToString());
        Directory.Exists(Output).ShouldBeFalse();
    }

    [Theory]
    [InlineData("no table", "AT3003")]
    [InlineData("x,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,NaN,0,1,1\n2,ok,0,0,1,1\n", "AT3003")]
    [InlineData("x,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n", "AT3003")]
    public async Task A_recording_without_a_usable_time_is_refused(string text, string code)
    {
        string file = Path.Combine(folder, "bad.csv");
        File.WriteAllText(file, text);
        CliRun run = await CliRun.Of("experiment", "date2021", "--device", $"recorded:{file}", "-o", Output, "--json");
        run.Exit.ShouldBe(ExitCode.Model, run.ToString());
        run.ErrorCode.ShouldBe(code);
    }

    [Fact]
    public async Task A_missing_recording_is_a_missing_file()
    {
        CliRun run = await CliRun.Of("experiment", "date2021", "--device", "recorded:nowhere/*.csv", "-o", Output, "--json");
        run.ErrorCode.ShouldBe("AT1010");
        (await CliRun.Of("experiment", "date2021", "--device", "recorded:nowhere.csv", "-o", Output, "--json")).ErrorCode.ShouldBe("AT1010");
    }

    [Fact]
    public async Task A_space_with_one_valid_point_still_gives_a_report()
    {
        string file = Path.Combine(folder, "single.csv");
        File.WriteAllText(file, "x,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0,1,1\n2,run_error,0,0,1,1\n");
        CliRun run = await CliRun.Of(
            "experiment", "date2021", "--device", $"recorded:{file}", "--tuners", "random,bao", "--seeds", "1", "-o", Output, "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("table")[0].GetProperty("latency_ms").GetProperty("mean").GetDouble().ShouldBe(2);
    }
}
