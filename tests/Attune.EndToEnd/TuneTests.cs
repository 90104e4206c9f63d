using System.Diagnostics;
using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>Tuning as users do it: interrupted, killed, resumed, and what the result is good for.</summary>
public sealed class TuneTests : WorkFolder
{
    private const string Model = "zoo:squeezenet_v1.1";

    // Where how a tune ends matters and not of what.
    private const string Small = "small.onnx";

    public TuneTests() => SmallModel.WriteClassifier(PathOf(Small));

    private string Records => PathOf("records.jsonl");

    private string Output => PathOf("model.attune");

    [Fact]
    public async Task A_killed_tune_resumes_from_its_last_trial()
    {
        using (Process first = Tool.Start(Folder, Arguments("5000trials")))
        {
            await UntilRecords(6);
            first.Kill();
            await first.WaitForExitAsync();
        }

        File.Exists(Output).ShouldBeFalse();
        int kept = CompleteLines();
        ToolRun second = await Tool.RunAsync(Folder, [.. Arguments($"{kept + 12}trials"), "--json"]);
        second.Exit.ShouldBe(0, second.ToString());
        second.Json.GetProperty("replayed").GetInt32().ShouldBe(kept);
        second.Json.GetProperty("trials").GetInt32().ShouldBe(kept + 12);
        File.Exists(Output).ShouldBeTrue();

        ToolRun listed = await Tool.RunAsync(Folder, "records", "list", Records, "--json");

        // The final re-measurement of the best candidates is recorded too.
        listed.Json.GetProperty("files")[0].GetProperty("records").GetInt32().ShouldBeGreaterThanOrEqualTo(kept + 12);
    }

    [Fact]
    public async Task An_interrupted_tune_writes_what_it_found_and_says_how_to_resume()
    {
        using Process tune = Tool.Start(Folder, [.. Arguments("5000trials"), "--json"]);
        Task<string> output = tune.StandardOutput.ReadToEndAsync();
        Task<string> error = tune.StandardError.ReadToEndAsync();
        await UntilRecords(6);
        using (Process interrupt = Process.Start("kill", ["-INT", $"{tune.Id}"]))
        {
            await interrupt.WaitForExitAsync();
        }

        await tune.WaitForExitAsync();
        var run = new ToolRun(tune.ExitCode, await output, await error);
        run.Exit.ShouldBe(6, run.ToString());
        run.ErrorCode.ShouldBe("AT6001");
        run.Json.GetProperty("tasks").GetArrayLength().ShouldBeGreaterThan(1);
        (await Tool.RunAsync(Folder, "bench", Output, "--duration", "1s")).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task Two_tunes_on_one_records_file_do_not_mix()
    {
        using Process first = Tool.Start(Folder, Arguments("5000trials"));
        await UntilRecords(1);
        ToolRun second = await Tool.RunAsync(Folder, [.. Arguments("5trials"), "--json"]);
        first.Kill();
        await first.WaitForExitAsync();
        second.Exit.ShouldBe(2, second.ToString());
        second.ErrorCode.ShouldBe("AT3002");
    }

    [Fact]
    public async Task A_tuned_model_can_be_checked_run_and_compared()
    {
        ToolRun tune = await Tool.RunAsync(Folder, [.. Arguments("16trials", Model), "--json"]);
        tune.Exit.ShouldBe(0, tune.ToString());
        JsonElement latency = tune.Json.GetProperty("model_latency_ms");
        latency.GetProperty("before").GetDouble().ShouldBeGreaterThan(0);
        latency.GetProperty("after").GetDouble().ShouldBeGreaterThan(0);
        tune.Json.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        double total = tune.Json.GetProperty("seconds").GetDouble();
        JsonElement[] phases = [.. tune.Json.GetProperty("phases").EnumerateArray()];
        phases.Sum(phase => phase.GetProperty("seconds").GetDouble()).ShouldBe(total, 0.01 * total);
        phases.Select(phase => phase.GetProperty("name").GetString()).Take(5).ShouldBe(["prepare", "search", "choose", "verify", "compare"]);
        ShouldBeConsistent(tune.Json);
        JsonElement task = tune.Json.GetProperty("tasks")[0];
        task.GetProperty("name").GetString().ShouldNotBeNullOrEmpty();
        task.GetProperty("trials").GetInt32().ShouldBeGreaterThan(0);
        task.GetProperty("best_ms").GetDouble().ShouldBeGreaterThan(0);

        ToolRun verify = await Tool.RunAsync(Folder, "verify", Output, "--model", Model, "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        verify.Json.GetProperty("passed").GetBoolean().ShouldBeTrue();
        verify.Json.GetProperty("max_rel_error").GetDouble().ShouldBeLessThan(1e-4);
        (await Tool.RunAsync(Folder, "verify", Output, "--model", Model, "--tolerance", "0", "--json")).Exit.ShouldBe(5);
        (await Tool.RunAsync(Folder, "verify", Output, "--model", "zoo:alexnet", "--json")).ErrorCode.ShouldBe("AT2102");

        ToolRun bench = await Tool.RunAsync(Folder, "bench", Output, "--against", Output, "--threads", "1", "--duration", "1s", "--json");
        bench.Exit.ShouldBe(0, bench.ToString());
        bench.Json.GetProperty("threads").GetInt32().ShouldBe(1);
        JsonElement ratio = bench.Json.GetProperty("ratio");
        ratio.GetProperty("low").GetDouble().ShouldBeLessThanOrEqualTo(ratio.GetProperty("median").GetDouble());
        ratio.GetProperty("high").GetDouble().ShouldBeGreaterThanOrEqualTo(ratio.GetProperty("median").GetDouble());
        bench.Json.GetProperty("peer").GetProperty("latency_ms").GetProperty("p99").GetDouble().ShouldBeGreaterThan(0);

        ToolRun explain = await Tool.RunAsync(Folder, "explain", Output, "--layer", "conv10", "--kernel", "--json");
        explain.Exit.ShouldBe(0, explain.ToString());
        explain.Json.GetProperty("programs")[0].GetProperty("program").GetString()!.ShouldContain("for");

        ToolRun best = await Tool.RunAsync(Folder, "records", "best", Records, "--json");

        // So few trials need not reach every task.
        int timed = tune.Json.GetProperty("tasks").EnumerateArray().Count(
            each => each.TryGetProperty("best_ms", out JsonElement ms) && ms.ValueKind == JsonValueKind.Number);
        timed.ShouldBeGreaterThan(1);
        best.Json.GetProperty("tasks").GetArrayLength().ShouldBe(timed);
    }

    [Fact]
    public async Task A_budget_of_seconds_gives_a_valid_model_and_says_what_it_took_instead()
    {
        ToolRun tune = await Tool.RunAsync(Folder, [.. Arguments("1s", Model), "--json"]);
        tune.Exit.ShouldBe(0, tune.ToString());
        ShouldBeConsistent(tune.Json);
        tune.Error.ShouldContain("finishing", Case.Sensitive, "what comes after the search is announced");
        bool exceeded = tune.Json.GetProperty("seconds").GetDouble() > tune.Json.GetProperty("budget_seconds").GetDouble() + 0.5;
        bool said = tune.Json.TryGetProperty("warnings", out JsonElement warnings)
            && warnings.EnumerateArray().Any(warning => warning.GetString()!.Contains("more than the budget"));
        said.ShouldBe(exceeded, tune.ToString());
        (await Tool.RunAsync(Folder, "verify", Output, "--model", Model)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task A_source_that_changed_since_is_warned_of()
    {
        string source = PathOf(Small);
        ToolRun tune = await Tool.RunAsync(Folder, [.. Arguments("1trials", source), "--json"]);
        tune.Exit.ShouldBe(0, tune.ToString());

        ToolRun same = await Tool.RunAsync(Folder, "bench", Output, "--duration", "1s", "--json");
        Warnings(same).ShouldNotContain(warning => warning.Contains("changed since"));

        // The doc_string of a model (field 6) changes the file and nothing else.
        await File.AppendAllTextAsync(source, "\u0032\u0001x");
        ToolRun changed = await Tool.RunAsync(Folder, "bench", Output, "--duration", "1s", "--json");
        Warnings(changed).ShouldContain(warning => warning.Contains("changed since"));
        ToolRun verify = await Tool.RunAsync(Folder, "verify", Output, "--model", source, "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        Warnings(verify).ShouldContain(warning => warning.Contains("changed since"));

        // A busy machine may add warnings of its own.
        static string[] Warnings(ToolRun run) =>
            run.Json.TryGetProperty("warnings", out JsonElement all) ? [.. all.EnumerateArray().Select(warning => warning.GetString()!)] : [];
    }

    [Fact]
    public async Task A_damaged_model_file_is_refused()
    {
        (await Tool.RunAsync(Folder, Arguments("1trials"))).Exit.ShouldBe(0);
        byte[] bytes = await File.ReadAllBytesAsync(Output);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(Output, bytes);
        ToolRun run = await Tool.RunAsync(Folder, "bench", Output, "--json");
        run.Exit.ShouldBe(3, run.ToString());
        run.ErrorCode.ShouldBe("AT2110");
    }

    // Before, after and gain are one estimate; a model that is not known to be faster is not written.
    private static void ShouldBeConsistent(JsonElement tune)
    {
        JsonElement latency = tune.GetProperty("model_latency_ms");
        double ratio = latency.GetProperty("before").GetDouble() / latency.GetProperty("after").GetDouble();
        JsonElement comparison = tune.GetProperty("comparison");
        if (comparison.ValueKind == JsonValueKind.Null || comparison.GetProperty("written").GetString() == "default")
        {
            ratio.ShouldBe(1);
            return;
        }

        comparison.GetProperty("verdict").GetString().ShouldBe("faster");
        ratio.ShouldBe(comparison.GetProperty("ratio").GetProperty("median").GetDouble(), 1e-9);
        comparison.GetProperty("ratio").GetProperty("low").GetDouble().ShouldBeGreaterThan(1);
        tune.GetProperty("gain").GetProperty("median").GetDouble().ShouldBe(ratio, 1e-9);
    }

    private string[] Arguments(string budget, string model = Small) =>
        ["tune", model, "--budget", budget, "--threads", "1", "--records", Records, "-o", Output];

    private async Task UntilRecords(int count)
    {
        var waiting = Stopwatch.StartNew();
        while (!File.Exists(Records) || CompleteLines() < count)
        {
            waiting.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3), "the tune recorded nothing");
            await Task.Delay(50);
        }
    }

    private int CompleteLines()
    {
        using var stream = new FileStream(Records, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(character => character == '\n');
    }
}
