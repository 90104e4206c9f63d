using System.Diagnostics;

namespace Attune.EndToEnd;

/// <summary>Streams that refuse, and terminals that are closed: the work is kept and nothing aborts.</summary>
public sealed class StreamTests : WorkFolder
{
    private const string Tune = "attune tune small.onnx --threads 1 -o model.attune";

    public StreamTests() => SmallModel.WriteClassifier(PathOf("small.onnx"));

    [Theory]
    [InlineData("attune zoo list >/dev/full")]
    [InlineData("attune zoo list --json >/dev/full")]
    [InlineData("attune zoo list >/dev/full 2>/dev/full")]
    [InlineData("attune zoo list >&-")]
    [InlineData("attune zoo list --json >&-")]
    [InlineData("attune zoo list >&- 2>&-")]
    [InlineData("attune zoo list <&- >&- 2>&-")]
    [InlineData("attune zoo list >/dev/full 2>&-")]
    [InlineData("attune --help >/dev/full")]
    [InlineData("attune --version >&-")]
    public async Task Results_that_cannot_be_printed_are_said_to_be_so(string line)
    {
        ToolRun run = await Shell.RunAsync(Folder, line);
        run.Exit.ShouldBe(2, run.ToString());
        if (!line.Contains("2>"))
        {
            run.Error.ShouldContain("AT1012");
        }
    }

    [Theory]
    [InlineData("attune zoo list 2>/dev/full", 0)]
    [InlineData("attune zoo list 2>&-", 0)]
    [InlineData("attune zoo lost 2>/dev/full", 2)]
    [InlineData("attune check zoo:squeezenet_v1.1 | head -1", 0)]
    public async Task What_does_not_concern_results_changes_no_exit_code(string line, int exit) => (await Shell.RunAsync(Folder, line)).Exit.ShouldBe(exit);

    [Theory]
    [InlineData(">/dev/full 2>/dev/full")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task A_tune_without_streams_still_writes_its_model_and_clean_records(string streams)
    {
        (await Shell.RunAsync(Folder, $"{Tune} --budget 2trials --records t.jsonl {streams}")).Exit.ShouldBe(2);
        (await Shell.RunAsync(Folder, "attune explain model.attune --threads 1 --json")).Exit.ShouldBe(0);

        // A line meant for a person must not have gone into a file that got the number of a closed stream.
        ToolRun records = await Shell.RunAsync(Folder, "attune records list t.jsonl --json");
        records.Exit.ShouldBe(0, records.ToString());
        records.Json.TryGetProperty("warnings", out _).ShouldBeFalse(records.ToString());
    }

    [Fact]
    public async Task The_report_of_a_tune_goes_where_it_still_can()
    {
        ToolRun run = await Shell.RunAsync(Folder, $"{Tune} --budget 2trials >/dev/full");
        run.Exit.ShouldBe(2);
        run.Error.ShouldContain("Wrote   model.attune");
        run.Error.ShouldContain("AT1012");
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    public async Task A_closed_terminal_ends_a_tune_like_Ctrl_C(string signal)
    {
        using Process tune = Shell.Start(Folder, $"exec {Tune} --budget 5000trials --records t.jsonl --json");
        Task<string> output = tune.StandardOutput.ReadToEndAsync();
        Task<string> error = tune.StandardError.ReadToEndAsync();
        await UntilRecords(4);
        await Send(signal, tune.Id);
        await tune.WaitForExitAsync();
        var run = new ToolRun(tune.ExitCode, await output, await error);
        run.Exit.ShouldBe(6, run.ToString());
        run.ErrorCode.ShouldBe("AT6001");
        File.Exists(PathOf("model.attune")).ShouldBeTrue();
    }

    [Fact]
    public async Task Under_nohup_a_tune_outlives_its_terminal()
    {
        using Process tune = Shell.Start(Folder, $"trap '' HUP; exec {Tune} --budget 12trials --records t.jsonl --json");
        Task<string> output = tune.StandardOutput.ReadToEndAsync();
        Task<string> error = tune.StandardError.ReadToEndAsync();
        await UntilRecords(2);
        await Send("HUP", tune.Id);
        await tune.WaitForExitAsync();
        var run = new ToolRun(tune.ExitCode, await output, await error);
        run.Exit.ShouldBe(0, run.ToString());
        run.Json.GetProperty("trials").GetInt32().ShouldBe(12);
    }

    private static async Task Send(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
    }

    private async Task UntilRecords(int count)
    {
        string path = PathOf("t.jsonl");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!File.Exists(path) || (await File.ReadAllLinesAsync(path, patience.Token)).Length <= count)
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
