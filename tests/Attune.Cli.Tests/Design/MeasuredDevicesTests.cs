using System.Globalization;
using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Design;

public sealed class MeasuredDevicesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_matrix_is_symmetric_and_names_the_best_proxy()
    {
        Write();
        CliRun run = await CliRun.Of("design", "matrix", "--data", folder, "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement[] rows = [.. run.Json.GetProperty("matrix").EnumerateArray()];
        rows.Length.ShouldBe(3);
        rows[0][1].GetDouble().ShouldBe(1, 1e-9);
        rows[0][2].GetDouble().ShouldBe(-1, 1e-9);
        run.Json.GetProperty("designs").GetInt32().ShouldBe(20);
        string output = Path.Combine(folder, "matrix");
        CliRun text = await CliRun.Of("design", "matrix", "--data", folder, "--devices", "slow,fast", "-o", output);
        text.Exit.ShouldBe(ExitCode.Done, text.ToString());
        File.ReadAllText(Path.Combine(output, "report.html")).ShouldContain("class=\"heat\"");
    }

    [Fact]
    public async Task The_report_says_what_to_do_with_each_device()
    {
        Write();
        string output = Path.Combine(folder, "out");
        CliRun run = await CliRun.Of("design", "report", "--data", folder, "-o", output, "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("targets")[0].GetProperty("action").GetString().ShouldBe("use its front");
        run.Json.GetProperty("targets")[2].GetProperty("action").GetString().ShouldBe("do not use");
        File.ReadAllText(Path.Combine(output, "report.html")).ShouldContain("class=\"heat\"");
        File.ReadAllText(Path.Combine(output, "report.md")).ShouldContain("| opposite |");
    }

    [Fact]
    public async Task A_misspelt_device_is_answered_with_the_nearest()
    {
        Write();
        CliRun run = await CliRun.Of("design", "matrix", "--data", folder, "--devices", "slwo", "--json");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.ErrorCode.ShouldBe(ErrorCodes.BadValue);
        run.ToString().ShouldContain("slow");
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("report")]
    public async Task Malformed_measurements_are_refused(string command)
    {
        File.WriteAllText(Path.Combine(folder, "latency_ms.csv"), "row,a\n0,quick\n1,2\n");
        CliRun run = await CliRun.Of("design", command, "--data", folder, "--json");
        run.Exit.ShouldBe(ExitCode.Model, run.ToString());
        run.ErrorCode.ShouldBe(ErrorCodes.MalformedMeasurements);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_refused()
    {
        CliRun run = await CliRun.Of("experiment", "oneproxy", "--data", Path.Combine(folder, "none"), "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(ErrorCodes.FileAccess);
    }

    [Theory]
    [InlineData("--seeds", "0")]
    [InlineData("--steps", "-1")]
    public async Task Scales_out_of_range_are_refused_before_any_work(string option, string value)
    {
        CliRun run = await CliRun.Of("experiment", "oneproxy", "--data", folder, "-o", Path.Combine(folder, "out"), option, value, "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(ErrorCodes.BadValue);
    }

    [Fact]
    public async Task An_experiment_without_architectures_is_refused()
    {
        File.WriteAllText(Path.Combine(folder, "latency_ms.csv"), "row,a\n0,1\n1,2\n");
        CliRun run = await CliRun.Of("experiment", "oneproxy", "--data", folder, "-o", Path.Combine(folder, "out"), "--json");
        run.ErrorCode.ShouldBe(ErrorCodes.MalformedMeasurements, run.ToString());
    }

    private void Write()
    {
        IEnumerable<string> rows = Enumerable.Range(0, 20).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"{i},{1 + i + (0.3 * (i % 3))},{2 + (i * i)},{30 - i}"));
        File.WriteAllLines(Path.Combine(folder, "latency_ms.csv"), ["row,fast,slow,opposite", .. rows]);
        File.WriteAllLines(Path.Combine(folder, "accuracy.csv"), ["row,acc_set", .. Enumerable.Range(0, 20).Select(i => $"{i},{50 + i}")]);
    }
}
