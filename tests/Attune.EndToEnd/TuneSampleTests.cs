using System.Diagnostics;

namespace Attune.EndToEnd;

/// <summary>samples/TuneModel, the program that tunes from C#, as its user runs it.</summary>
public sealed class TuneSampleTests : WorkFolder
{
    [Fact]
    public async Task It_tunes_an_onnx_file_with_workers_started_from_itself()
    {
        SmallModel.Write(PathOf("model.onnx"));
        (int exit, string output, string error) = await RunAsync("model.onnx", "out.attune", "12");
        exit.ShouldBe(0, output + error);
        output.ShouldContain("tuning 1 tasks");
        output.ShouldMatch(@"\d+\.\d+ ms -> \d+\.\d+ ms after 12 trials");
        (await Tool.RunAsync(Folder, "verify", "out.attune", "--model", "model.onnx")).Exit.ShouldBe(0);
        // Every trial is a line of the journal, and so is what was measured again because it was close.
        int lines = File.ReadLines(PathOf("home/tuning.jsonl")).Count();
        lines.ShouldBeGreaterThanOrEqualTo(12);
        output.ShouldContain($"after 12 trials, {lines} measurements recorded");
    }

    [Fact]
    public async Task What_it_cannot_read_it_names()
    {
        Write("model.onnx", "no model"u8.ToArray());
        (int exit, string _, string error) = await RunAsync("model.onnx", "out.attune");
        exit.ShouldBe(3);
        error.ShouldContain("model.onnx");
        File.Exists(PathOf("out.attune")).ShouldBeFalse();
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        // Built beside the tests, in the same configuration.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Repository.PathOf("samples", "TuneModel", "bin", configuration, "net10.0", "TuneModel.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["ATTUNE_HOME"] = PathOf("home");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
