using System.Diagnostics;
using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>Profiling and running a cohort as users do, on a made-up machine where clocks are files.</summary>
public sealed class CohortRunTests(TunedNetwork tuned) : WorkFolder, IClassFixture<TunedNetwork>
{
    private const string Policy = "sys/devices/system/cpu/cpufreq/policy0";

    private string Machine => PathOf("machine");

    [Fact]
    public async Task A_network_is_profiled_and_run_and_the_plan_is_watched()
    {
        await Prepare("--lowrank", "0.3");
        JsonElement profile = JsonDocument.Parse(await File.ReadAllBytesAsync(PathOf("net.profile.json"))).RootElement;
        profile.GetProperty("energy").GetString().ShouldBe("estimated");
        profile.GetProperty("settings").GetArrayLength().ShouldBeGreaterThan(0);
        WritePlan(200);
        ToolRun run = await Tool.RunAsync(Folder, "cohort", "run", "plan.json", "--duration", "2s", "--json");
        run.Exit.ShouldBe(0, run.ToString());
        run.Json.GetProperty("jobs").GetInt32().ShouldBeGreaterThan(0);
        run.Json.GetProperty("members").GetArrayLength().ShouldBe(2);
        run.Json.GetProperty("energy_is_estimated").GetBoolean().ShouldBeTrue();

        profile.GetProperty("model").GetString().ShouldBe("net.cohort.attune");
        if (profile.GetProperty("variants").GetArrayLength() > 1)
        {
            string plan = await File.ReadAllTextAsync(PathOf("plan.json"));
            await File.WriteAllTextAsync(PathOf("plain.json"), plan.Replace("net.cohort.attune", "net.attune"));
            ToolRun plain = await Tool.RunAsync(Folder, "cohort", "run", "plain.json", "--json");
            plain.ErrorCode.ShouldBe("AT3014");
            plain.Output.ShouldContain("low-rank form");
            plain.Json.GetProperty("error").GetProperty("next").GetString().ShouldBe("Write \"model\": \"net.cohort.attune\" for 'a' in the plan.");
        }

        ToolRun wrong = await Tool.RunAsync(Folder, "cohort", "run", "plan.json", "--policy", "neuso", "--json");
        wrong.Exit.ShouldBe(2, wrong.ToString());
        wrong.Output.ShouldContain("Did you mean 'neuos'");
    }

    [Fact]
    public async Task A_run_is_steered_over_the_network_and_its_decisions_come_out_the_same_again()
    {
        await Prepare();
        WritePlan(200);
        using Process run = Tool.Start(
            Folder, ["cohort", "run", "plan.json", "--duration", "10m", "--listen", "0", "--log", "decisions.jsonl", "--explain", "2", "--json"]);
        Task<string> output = run.StandardOutput.ReadToEndAsync();
        string error = await UntilListening(run);
        Task<string> rest = run.StandardError.ReadToEndAsync();
        using HttpClient client = ClientOf(error);
        using var change = new StringContent("""{ "mode": "max-accuracy", "members": [ { "name": "b", "deadline_ms": 150 } ] }""");
        (await client.PutAsync(new Uri("/plan", UriKind.Relative), change)).IsSuccessStatusCode.ShouldBeTrue();
        using var wrong = new StringContent("""{ "mode": "max-acuracy" }""");
        (await (await client.PutAsync(new Uri("/plan", UriKind.Relative), wrong)).Content.ReadAsStringAsync()).ShouldContain("Did you mean 'max-accuracy'");
        for (int i = 0; i < 1200; i++)
        {
            JsonElement state = await State(client);
            if (state.GetProperty("mode").GetString() == "max-accuracy" && state.GetProperty("members")[1].GetProperty("jobs").GetInt32() > 3)
            {
                break;
            }

            await Task.Delay(50);
        }

        (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ShouldContain("attune_cohort_response_milliseconds_count{member=\"b\"");
        await Signal("-INT", run.Id);
        await run.WaitForExitAsync();
        var ended = new ToolRun(run.ExitCode, await output, error + await rest);
        ended.Exit.ShouldBe(0, ended.ToString());
        ended.Json.GetProperty("mode").GetString().ShouldBe("max-accuracy");
        ended.Json.GetProperty("members")[1].GetProperty("deadline_ms").GetDouble().ShouldBe(150);
        ended.Json.GetProperty("explanations").EnumerateArray().Count(line => line.GetString()!.Contains("in force now")).ShouldBe(2);
        ToolRun replay = await Tool.RunAsync(Folder, "cohort", "replay", "decisions.jsonl", "plan.json", "--json");
        replay.Exit.ShouldBe(0, replay.ToString());
        replay.Json.GetProperty("decisions").GetInt64().ShouldBeGreaterThan(3);
        replay.Json.GetProperty("different").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task An_interrupted_run_leaves_its_report()
    {
        await Prepare();
        WritePlan(200);
        using Process run = Tool.Start(Folder, ["cohort", "run", "plan.json", "--duration", "10m", "--listen", "0", "--json"]);
        Task<string> output = run.StandardOutput.ReadToEndAsync();
        string error = await UntilListening(run);
        Task<string> rest = run.StandardError.ReadToEndAsync();
        using HttpClient client = ClientOf(error);
        for (int i = 0; i < 1200 && (await State(client)).GetProperty("members")[0].GetProperty("jobs").GetInt32() == 0; i++)
        {
            await Task.Delay(50);
        }

        await Signal("-INT", run.Id);
        await run.WaitForExitAsync();
        var ended = new ToolRun(run.ExitCode, await output, error + await rest);
        ended.Exit.ShouldBe(0, ended.ToString());
        ended.Json.GetProperty("interrupted").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("-KILL")]
    [InlineData("-TERM")]
    public async Task Clocks_are_as_before_after_the_run_was_killed(string signal)
    {
        Put("scaling_available_frequencies", "1000000 2000000");
        Put("scaling_governor", "schedutil");
        Put("scaling_min_freq", "900000");
        Put("scaling_max_freq", "2100000");
        await Prepare("--knobs", "cpufreq/policy0", "--machine-root", Machine, "--release-knobs", "--restore-file", PathOf("restore"));
        Get("scaling_max_freq").ShouldBe("2100000");
        WritePlan(200);
        string[] arguments = ["cohort", "run", "plan.json", "--duration", "10m", "--machine-root", Machine, "--release-knobs", "--restore-file", PathOf(
            "restore"), "--policy", "race-to-idle"];
        using (Process run = Tool.Start(Folder, arguments))
        {
            await Until(() => Get("scaling_min_freq") != "900000");
            File.Exists(PathOf("restore")).ShouldBeTrue();
            await Signal(signal, run.Id);
            await run.WaitForExitAsync();
        }

        await Until(() => Get("scaling_min_freq") == "900000" && !File.Exists(PathOf("restore")));
        Get("scaling_max_freq").ShouldBe("2100000");
        Get("scaling_governor").ShouldBe("schedutil");
    }

    [Fact]
    public async Task A_run_turns_clocks_through_a_writer_that_puts_them_back_when_the_run_is_killed()
    {
        Put("scaling_available_frequencies", "1000000 2000000");
        Put("scaling_governor", "schedutil");
        Put("scaling_min_freq", "900000");
        Put("scaling_max_freq", "2100000");
        await Prepare("--knobs", "cpufreq/policy0", "--machine-root", Machine, "--release-knobs", "--restore-file", PathOf("restore"));
        WritePlan(200);
        string[] arguments = ["cohort", "run", "plan.json", "--duration", "10m", "--machine-root", Machine, "--release-knobs", "--restore-file", PathOf(
            "restore"), "--policy", "race-to-idle", "--knob-writer", "knobs.sock"];
        (await Tool.RunAsync(Folder, [.. arguments, "--json"])).ErrorCode.ShouldBe("AT4008");
        using Process writer = Tool.Start(
            Folder, ["cohort", "knob-writer", "--socket", "knobs.sock", "--knobs", "cpufreq/policy0", "--machine-root", Machine, "--restore-file", PathOf(
                "writer"), "--json"]);
        await Until(() => File.Exists(PathOf("knobs.sock")));
        using (Process run = Tool.Start(Folder, arguments))
        {
            await Until(() => Get("scaling_min_freq") != "900000");
            File.Exists(PathOf("writer")).ShouldBeTrue();
            File.Exists(PathOf("restore")).ShouldBeFalse("the run itself has nothing to put back");
            await Signal("-KILL", run.Id);
            await run.WaitForExitAsync();
        }

        await Until(() => Get("scaling_min_freq") == "900000" && !File.Exists(PathOf("writer")));
        Get("scaling_max_freq").ShouldBe("2100000");
        await Signal("-INT", writer.Id);
        await writer.WaitForExitAsync();
        writer.ExitCode.ShouldBe(0);
        File.Exists(PathOf("knobs.sock")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_release_no_clock_is_turned()
    {
        Put("scaling_available_frequencies", "1000000 2000000");
        Put("scaling_min_freq", "900000");
        Put("scaling_max_freq", "2100000");
        await Prepare("--knobs", "cpufreq/policy0", "--machine-root", Machine, "--restore-file", PathOf("restore"));
        Get("scaling_min_freq").ShouldBe("900000");
        File.Exists(PathOf("restore")).ShouldBeFalse();
        ToolRun unknown = await Tool.RunAsync(
            Folder, "cohort", "profile", "net.attune", "--knobs", "cpufreq/policy1", "--machine-root", Machine, "-o", "x.json", "--json");
        unknown.ErrorCode.ShouldBe("AT1020");
        unknown.Output.ShouldContain("Did you mean 'cpufreq/policy0'");
    }

    private async Task Prepare(params string[] options)
    {
        File.Copy(tuned.Path, PathOf("net.attune"));
        ToolRun profile = await Tool.RunAsync(
            Folder,
            [
                "cohort", "profile", "net.attune", "--runs", "5", "--samples", "1", "--budget", "0s", "--threads", "1", "--meter", "estimated", "-o",
                "net.profile.json", .. options,
            ]);
        profile.Exit.ShouldBe(0, profile.ToString());
    }

    private void WritePlan(int deadlineMs)
    {
        string model = File.Exists(PathOf("net.cohort.attune")) ? "net.cohort.attune" : "net.attune";
        string member = $$"""{ "model": "{{model}}", "profile": "net.profile.json", "deadline_ms": {{deadlineMs}}, """;
        File.WriteAllText(
            PathOf("plan.json"), $$"""{ "schema": 1, "meter": "estimated", "members": [ {{member}} "name": "a" }, {{member}} "name": "b" } ] }""");
    }

    private void Put(string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(Machine, Policy));
        File.WriteAllText(Path.Combine(Machine, Policy, file), text + "\n");
    }

    private string Get(string file) => File.ReadAllText(Path.Combine(Machine, Policy, file)).Trim();

    // What it had printed to standard error by then.
    private static async Task<string> UntilListening(Process run)
    {
        string error = string.Empty;
        while (!error.Contains("listening: http://"))
        {
            error += (await run.StandardError.ReadLineAsync()).ShouldNotBeNull() + "\n";
        }

        return error;
    }

    private static HttpClient ClientOf(string error) =>
        new() { BaseAddress = new Uri(error[error.IndexOf("http://", StringComparison.Ordinal)..error.IndexOf("/state", StringComparison.Ordinal)]) };

    private static async Task<JsonElement> State(HttpClient client) =>
        JsonDocument.Parse(await client.GetStringAsync(new Uri("/state", UriKind.Relative))).RootElement;

    private static async Task Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [signal, $"{process}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task Until(Func<bool> holds)
    {
        for (int i = 0; i < 2400 && !holds(); i++)
        {
            await Task.Delay(50);
        }

        holds().ShouldBeTrue();
    }
}
