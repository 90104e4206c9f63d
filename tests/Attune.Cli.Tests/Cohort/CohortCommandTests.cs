using System.Text.Json;
using Attune.Cli.Output;
using Attune.Cohort.Profiles;

namespace Attune.Cli.Tests.Cohort;

public sealed class CohortCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-cohort-cli-").FullName;

    private string Plan => Path.Combine(folder, "plan.json");

    public CohortCommandTests()
    {
        ProfileFile.Write(Path.Combine(folder, "one.json"), new CohortProfile
        {
            Network = "one",
            Machine = "test",
            Origin = "made for a test",
            Energy = EnergySource.Measured,
            RestPowerMw = 500,
            Knobs = [new ProfileKnob("clock", "Hz")],
            Stages = [new ProfileStage("a"), new ProfileStage("b")],
            Variants = [new ProfileVariant("exact", 0) { StageLoss = [0, 0] }, new ProfileVariant("low", 2) { StageLoss = [2, 0] }],
            Settings = [Setting(1, 2000, 4), Setting(2, 1000, 5)],
        });
        Write(deadline: "\"deadline_factor\": 2");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Simulating_gives_figures_and_explains_decisions()
    {
        CliRun run = await CliRun.Of("cohort", "simulate", Plan, "--jobs", "200", "--explain", "2", "--overhead", "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement figures = run.Json.GetProperty("figures");
        figures.GetProperty("released").GetInt64().ShouldBeInRange(300, 500);
        figures.GetProperty("miss_rate").GetProperty("rate").GetDouble().ShouldBe(0);
        run.Json.GetProperty("policy").GetString().ShouldBe("neuos balanced");
        run.Json.GetProperty("explanations").EnumerateArray().Select(line => line.GetString()!).ShouldContain(line => line.Contains("in force now"));
        run.Json.GetProperty("decision_cost").GetProperty("decisions").GetInt64().ShouldBeGreaterThan(0);
        CliRun again = await CliRun.Of("cohort", "simulate", Plan, "--jobs", "200", "--json");
        again.Json.GetProperty("figures").GetRawText().ShouldBe(figures.GetRawText());
        (await CliRun.Of("cohort", "simulate", Plan, "--jobs", "50", "--policy", "race-to-idle")).Output.ShouldContain("mJ per job");
    }

    [Fact]
    public async Task Comparing_writes_a_report()
    {
        string output = Path.Combine(folder, "out");
        CliRun run = await CliRun.Of("cohort", "compare", Plan, "--jobs", "100", "--seeds", "1", "--policies", "neuos,max", "-o", output, "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("policy").GetString()).ShouldBe(
            ["neuos balanced", "neuos min-energy", "neuos max-accuracy", "max"]);
        File.ReadAllText(Path.Combine(output, "report.html")).ShouldContain("<svg");
        CliRun text = await CliRun.Of("cohort", "compare", Plan, "--jobs", "50", "--seeds", "1", "--policies", "neuos", "--grid");
        text.Output.ShouldContain("8 x one, deadline factor 1.5");
        await File.WriteAllTextAsync(Plan, """{ "schema": 1, "members": [ { "name": "a", "profile": "one.json", "deadline_factor": 2 }, { "name": "b", "profile": "one.json", "deadline_factor": 3 } ] }""");
        CliRun mixed = await CliRun.Of("cohort", "compare", Plan, "--jobs", "50", "--seeds", "1", "--policies", "neuos");
        mixed.Output.ShouldContain("2 x one, deadline factors 2 to 3");
        mixed.ToString().ShouldNotContain("NaN");
    }

    [Fact]
    public async Task Admission_is_a_gate()
    {
        CliRun fits = await CliRun.Of("cohort", "admit", Plan, "--contention", "0.1", "--json");
        fits.Exit.ShouldBe(ExitCode.Done, fits.ToString());
        fits.Json.GetProperty("admitted").GetBoolean().ShouldBeTrue();
        Write(deadline: "\"deadline_ms\": 1.1");
        CliRun not = await CliRun.Of("cohort", "admit", Plan, "--json");
        not.Exit.ShouldBe(ExitCode.Gate);
        not.ErrorCode.ShouldBe("AT5006");
        not.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("more than its deadline");
    }

    [Fact]
    public async Task Decisions_that_were_logged_are_made_again()
    {
        string log = Path.Combine(folder, "decisions.jsonl");
        CliRun run = await CliRun.Of("cohort", "simulate", Plan, "--jobs", "50", "--log", log, "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("written").EnumerateArray().Select(path => path.GetString()).ShouldBe([log]);
        string[] lines = await File.ReadAllLinesAsync(log);
        lines.Length.ShouldBe(1 + run.Json.GetProperty("decisions").GetInt32());

        CliRun same = await CliRun.Of("cohort", "replay", log, Plan, "--explain", "2", "--json");
        same.Exit.ShouldBe(ExitCode.Done, same.ToString());
        same.Json.GetProperty("decisions").GetInt32().ShouldBe(lines.Length - 1);
        same.Json.GetProperty("different").GetInt32().ShouldBe(0);
        same.Json.GetProperty("explanations").EnumerateArray().Count(line => line.GetString()!.Contains("in force now")).ShouldBe(2);
        (await CliRun.Of("cohort", "replay", log, Plan)).Output.ShouldContain("all the same again");

        int exact = Array.FindIndex(lines, line => line.Contains("\"variant\":0"));
        await File.WriteAllLinesAsync(
            log, lines.Select((line, i) => i == exact ? line.Replace("\"variant\":0", "\"variant\":1", StringComparison.Ordinal) : line));
        CliRun other = await CliRun.Of("cohort", "replay", log, Plan, "--json");
        other.Exit.ShouldBe(ExitCode.Gate, other.ToString());
        other.ErrorCode.ShouldBe("AT5007");
        other.Json.GetProperty("different").GetInt32().ShouldBe(1);
        other.Json.GetProperty("first_different").GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Logs_that_are_none_are_refused()
    {
        string log = Path.Combine(folder, "log");
        (await CliRun.Of("cohort", "replay", log, Plan, "--json")).ErrorCode.ShouldBe("AT1010");
        await File.WriteAllTextAsync(log, "nonsense");
        CliRun damaged = await CliRun.Of("cohort", "replay", log, Plan, "--json");
        damaged.ErrorCode.ShouldBe("AT3013");
        damaged.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("line 1");
        (await CliRun.Of("cohort", "simulate", Plan, "--policy", "max", "--log", log, "--json")).ErrorCode.ShouldBe("AT1005");
        (await CliRun.Of("cohort", "simulate", Plan, "--log", folder, "--json")).ErrorCode.ShouldBe("AT1010");
        (await CliRun.Of("cohort", "simulate", Plan, "--log", log, "--json")).ErrorCode.ShouldBe("AT3001");
        (await File.ReadAllTextAsync(log)).ShouldBe("nonsense", "another program's file is not replaced");
    }

    [Theory]
    [InlineData("AT1020", "--knobs", "cpufreq/policy1")]
    [InlineData("AT1005", "--user", "nobody-of-that-name")]
    [InlineData("AT1010", "--socket", "/no/such/folder/knobs.sock")]
    public async Task Wrong_values_of_a_knob_writer_are_refused(string code, string option, string value)
    {
        string policy = Path.Combine(folder, "sys/devices/system/cpu/cpufreq/policy0");
        Directory.CreateDirectory(policy);
        foreach ((string file, string text) in new[] { ("scaling_available_frequencies", "1 2"), ("scaling_min_freq", "1"), ("scaling_max_freq", "2") })
        {
            await File.WriteAllTextAsync(Path.Combine(policy, file), text);
        }

        string[] socket = option == "--socket" ? [] : ["--socket", Path.Combine(folder, "knobs.sock")];
        CliRun run = await CliRun.Of(["cohort", "knob-writer", "--machine-root", folder, .. socket, option, value, "--json"]);
        run.Exit.ShouldNotBe(ExitCode.Done, run.ToString());
        run.ErrorCode.ShouldBe(code);
        File.Exists(Path.Combine(folder, "knobs.sock")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("AT1005", "--listen", "example.org:80")]
    [InlineData("AT1005", "--listen", "127.0.0.1:99999")]
    [InlineData("AT1005", "--explain", "1001")]
    public async Task Wrong_values_of_a_live_run_are_refused(string code, string option, string value)
    {
        CliRun run = await CliRun.Of("cohort", "run", Plan, option, value, "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(code);
    }

    [Theory]
    [InlineData("AT1005", "--policy", "neous")]
    [InlineData("AT1005", "--mode", "min-enrgy")]
    [InlineData("AT1005", "--contention", "9")]
    [InlineData("AT1005", "--jobs", "0")]
    [InlineData("AT1005", "--explain", "-1")]
    public async Task Wrong_values_are_refused(string code, string option, string value)
    {
        CliRun run = await CliRun.Of("cohort", "simulate", Plan, option, value, "--json");
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe(code);
    }

    [Fact]
    public async Task A_misspelt_field_and_word_come_with_what_was_meant()
    {
        Write(deadline: "\"dedline_ms\": 3, \"deadline_ms\": 3", head: "\"mode\": \"balancd\",");
        CliRun run = await CliRun.Of("cohort", "simulate", Plan, "--json");
        run.ErrorCode.ShouldBe("AT3010");
        JsonElement error = run.Json.GetProperty("error");
        string[] details = [.. error.GetProperty("details").EnumerateArray().Select(each => each.GetString()!)];
        details.ShouldContain(line => line.Contains("members[0].dedline_ms") && line.Contains("'deadline_ms'"));
        details.ShouldContain(line => line.Contains("'balanced'"));
    }

    [Fact]
    public async Task Missing_files_and_tables_are_named()
    {
        (await CliRun.Of("cohort", "simulate", Path.Combine(folder, "none.json"), "--json")).ErrorCode.ShouldBe("AT1010");
        Write(deadline: "\"deadline_factor\": 2", source: "\"profile\": \"none.json\"");
        (await CliRun.Of("cohort", "simulate", Plan, "--json")).ErrorCode.ShouldBe("AT1010");
        Write(deadline: "\"deadline_factor\": 2", source: "\"tables\": \"tx2-alexnet\"");
        CliRun tables = await CliRun.Of("cohort", "simulate", Plan, "--tables", Path.Combine(folder, "nowhere"), "--json");
        tables.ErrorCode.ShouldBe("AT1010");
        tables.Json.GetProperty("error").GetProperty("next").GetString()!.ShouldContain("--tables");
        (await CliRun.Of("cohort", "simulate", Plan, "--tables", folder, "--json")).ErrorCode.ShouldBe("AT3010");
        File.WriteAllText(Path.Combine(folder, "one.json"), "{}");
        Write(deadline: "\"deadline_factor\": 2");
        (await CliRun.Of("cohort", "simulate", Plan, "--json")).ErrorCode.ShouldBe("AT3011");
    }

    private static ProfileSetting Setting(double clock, double time, double milliJoules) => new(
        [clock],
        [Times(time, milliJoules), Times(time * 0.6, milliJoules * 0.6)])
    { IdlePowerMw = 500 + (100 * clock) };

    private static StageTimes Times(double time, double milliJoules) => new([time, time]) { StageMilliJoules = [milliJoules, milliJoules] };

    private void Write(string deadline, string head = "", string source = "\"profile\": \"one.json\"") =>
        File.WriteAllText(Plan, $$"""{ "schema": 1, {{head}} "members": [ { "name": "m", {{source}}, {{deadline}}, "count": 2 } ] }""");
}
