using System.Text.Json;
using Attune.Cli.Output;
using Attune.Cli.Tests.Experiments;

namespace Attune.Cli.Tests.Transfer;

public sealed class BenchmarkHistoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-history").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_device_learns_from_the_others_and_the_same_tuner_runs_cold_beside_it()
    {
        Write(3);
        CliRun run = await Compare("--history", "others");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement[] results = [.. run.Json.GetProperty("results").EnumerateArray()];
        results.Select(result => result.GetProperty("space").GetString()).Distinct().ShouldBe(["d0", "d1", "d2"]);
        results.Select(result => result.GetProperty("tuner").GetString()).Distinct().ShouldBe(["random", "recall", "recall cold"]);

        // The middle device lies between its neighbours, so what was best there is near its own best.
        Mean(results, "d1", "recall").ShouldBeGreaterThan(Mean(results, "d1", "recall cold"));
    }

    [Fact]
    public async Task Each_source_can_be_looked_at_alone()
    {
        Write(3);
        CliRun run = await Compare("--history", "each");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement[] results = [.. run.Json.GetProperty("results").EnumerateArray()];
        results.Select(result => result.GetProperty("space").GetString()).Distinct()
            .ShouldBe(["d0 from d1", "d0 from d2", "d1 from d0", "d1 from d2", "d2 from d0", "d2 from d1"]);
        Mean(results, "d0 from d1", "recall").ShouldBeGreaterThan(Mean(results, "d0 from d2", "recall"));
        Mean(results, "d0 from d1", "recall cold").ShouldBe(Mean(results, "d0 from d2", "recall cold"));
    }

    [Fact]
    public async Task Files_are_history_of_every_device_but_the_one_that_they_are_of()
    {
        Write(2);
        CliRun run = await Compare("--history", $"recorded:{Path.Combine(folder, "d0.csv")}");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()).ShouldContain(
            warning => warning!.Contains("d0: its own recording"));
    }

    [Theory]
    [InlineData("othres", "others")]
    [InlineData("eahc", "each")]
    public async Task A_mistyped_word_is_answered_with_the_nearest(string word, string meant)
    {
        Write(2);
        CliRun run = await Compare("--history", word);
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.ErrorCode.ShouldBe("AT1005");
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain($"'{meant}'");
    }

    [Fact]
    public async Task One_device_alone_has_no_others()
    {
        Write(1);
        (await Compare("--history", "others")).ErrorCode.ShouldBe("AT1005");
        (await Compare("--history", "others", "each")).ErrorCode.ShouldBe("AT1005");
    }

    private static double Mean(JsonElement[] results, string space, string tuner) => results
        .First(result => result.GetProperty("space").GetString() == space && result.GetProperty("tuner").GetString() == tuner && result.GetProperty(
            "trials").GetInt32() == 8)
        .GetProperty("mean").GetDouble();

    private Task<CliRun> Compare(params string[] more) =>
        CliRun.Of(
            [
                "benchmark-tuners", "--device", $"recorded:{Path.Combine(folder, "*.csv")}", "--tuners", "random,recall", "--trials", "8", "--seeds", "4",
                "--json", .. more,
            ]);

    private void Write(int devices)
    {
        for (int i = 0; i < devices; i++)
        {
            RecordedDeviceFile.Write(folder, $"d{i}", shift: i);
        }
    }
}
