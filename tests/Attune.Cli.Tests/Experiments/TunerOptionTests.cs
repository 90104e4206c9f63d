using System.Text.Json;
using Attune.Cli.Output;
using Attune.Tuning.Search;

namespace Attune.Cli.Tests.Experiments;

public sealed class TunerOptionTests
{
    [Fact]
    public async Task Every_tuner_is_listed_with_its_options()
    {
        CliRun all = await CliRun.Of("tuners", "--json");
        all.Json.GetProperty("tuners").EnumerateArray().Select(tuner => tuner.GetProperty("name").GetString()).ShouldBe(SearcherCatalog.Names);
        foreach (string name in SearcherCatalog.Names)
        {
            CliRun one = await CliRun.Of("tuners", name, "--json");
            one.Exit.ShouldBe(ExitCode.Done);
            one.Json.GetProperty("options").EnumerateArray().ShouldAllBe(option => option.GetProperty("help").GetString()!.Length > 0);
        }

        (await CliRun.Of("tuners", "bao")).Output.ShouldContain("radius");
    }

    [Theory]
    [InlineData("--tuner", "bted+boa", "AT1005", "bted+bao")]
    [InlineData("--searcher", "rndom", "AT1005", "random")]
    public async Task An_unknown_tuner_is_refused_with_the_nearest(string option, string value, string code, string meant)
    {
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", option, value, "--json");
        run.ErrorCode.ShouldBe(code);
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain($"'{meant}'");
    }

    [Fact]
    public async Task All_wrong_options_are_named_at_once()
    {
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", "--tuner", "bao", "--tuner-option", "raduis=2", "--tuner-option", "resamples=0", "--json");
        run.Exit.ShouldBe(ExitCode.Usage);
        JsonElement error = run.Json.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("AT1006");
        error.GetProperty("message").GetString()!.ShouldContain("'radius'");
        error.GetProperty("details")[0].GetString()!.ShouldContain("resamples");
    }
}
