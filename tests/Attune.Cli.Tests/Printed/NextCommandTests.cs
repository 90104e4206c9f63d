using System.Text.Json;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Printed;

/// <summary>What commands recommend when they end, well or badly: each is read by a shell and by the real parser, and what takes no time is run.</summary>
public sealed class NextCommandTests : IDisposable
{
    private static readonly string[] Quick =
    [
        "check", "tuners", "records", "cohort admit", "cohort simulate", "cohort compare", "design space check", "design matrix --data", "design report", "zoo",
        "explain AT",
    ];
    private readonly string folder = Directory.CreateTempSubdirectory("attune next 'commands' ").FullName;

    private static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Failures => new(
        "explian AT2020", "tune", "tune zoo:alexnet --bugdet 3", "tune zoo:alexnet --threads many", "tune zoo:alexnet --threads 0",
        "tune zoo:alexnet --threads 9999", "tune zoo:alexnet --budget soon",
        "tune zoo:alexnet --tuner boa", "tune zoo:alexnet --tuner bao --tuner-option radios=2", "tune zoo:alexnet --weights f8", "tune zoo:alexnet --repeat 0",
        "tune zoo:alexnet --timeout never",
        "tune zoo:alexnet --without-fusion al", "tune zoo:alexnet --prior absent.dgp", "tune zoo:alexnet --prior bad.onnx",
        "tune zoo:alexnet --history absent.jsonl", "tune zoo:alexnet -o absent/x.attune",
        "tune zoo:alexnet --shape input=1x3x9x9", "check zoo:alexnte", "check absent.onnx", "check bad.onnx", "check .", "zoo",
        "zoo export alexnet --batch 0 -o x.onnx", "bench bad.attune", "bench absent.attune",
        "bench zoo:alexnet --fail-if-slower", "bench zoo:alexnet --duration never", "verify bad.attune --model zoo:alexnet",
        "run zoo:squeezenet_v1.1 --threads 1", "explain AT9999", "conformance .", "records list absent.jsonl",
        "records best bad.onnx", "learn absent.jsonl -o p.dgp", "learn bad.onnx -o p.dgp", "benchmark-tuners", "benchmark-tuners --device recorded:absent.csv",
        "benchmark-tuners --device 'recorded:*.nope'",
        "record-space zoo:squeezenet_v1.1 --task 99", "record-space zoo:squeezenet_v1.1 --task conv", "record-space zoo:squeezenet_v1.1 --limit 0",
        "experiment", "experiment date2021 --device recorded:absent.csv --networks alexnet",
        "experiment date2021 --trials 0", "experiment date2021 --networks alexnte", "experiment oneproxy --data absent", "experiment oneproxy --seeds 0",
        "cohort simulate absent.json", "cohort simulate bad.onnx",
        "cohort simulate PLAN --contention 9", "cohort compare PLAN --seeds 0", "cohort compare BOARD --tables absent", "cohort admit BOARD",
        "cohort run PLAN --mode fast", "cohort run PLAN --policy none", "cohort run PLAN --duration never",
        "cohort run PLAN", "cohort run absent.json", "cohort replay absent.jsonl PLAN", "cohort profile absent.attune -o p.json",
        "cohort knob-writer --socket absent/socket --user nobody", "design", "design space check absent.json",
        "design space check bad.onnx", "design space check TINY --designs 0", "design proxy build --space TINY --device there",
        "design proxy build --space TINY --device local --samples 1", "design assess --space TINY --target there",
        "design adapt --space TINY --target local --method none", "design optimize --space TINY --target local --budget never -o b.onnx",
        "design optimize --space TINY --target local --budget 5ms --optimizer none -o b.onnx",
        "design front --space TINY --target local --candidates 1", "design matrix", "design matrix --data absent", "design matrix --space TINY --devices local",
        "design report --data absent");

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait(Category.Name, Category.Slow)]
    public async Task What_a_failure_recommends_parses(string commandLine)
    {
        await File.WriteAllTextAsync(At("bad.onnx"), "{\"hello\": 1}\n");
        await File.WriteAllTextAsync(At("bad.attune"), "no model");
        CliRun run = await Run(commandLine);
        JsonElement error = run.Json.GetProperty("error");
        string next = error.GetProperty("next").GetString()!;
        next.ShouldNotBeNullOrWhiteSpace();
        if (CommandText.Of(next) is { } command)
        {
            await Follow(command, commandLine);
        }
    }

    [Theory]
    [InlineData("tuners")]
    [InlineData("tuners bao")]
    [InlineData("zoo list")]
    [InlineData("zoo export squeezenet_v1.1 -o 'my model.onnx'")]
    [InlineData("check zoo:squeezenet_v1.1")]
    [InlineData("record-space zoo:squeezenet_v1.1")]
    [InlineData("cohort admit PLAN --contention 0.5")]
    [InlineData("cohort simulate PLAN --contention 0.5 --jobs 5")]
    [InlineData("cohort compare PLAN --jobs 5 --seeds 1")]
    [InlineData("design space check TINY --designs 2")]
    [Trait(Category.Name, Category.Slow)]
    public async Task What_a_result_recommends_parses(string commandLine)
    {
        CliRun run = await Run(commandLine);
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        string next = run.Json.GetProperty("next").GetString()!;
        await Follow(CommandText.Of(next).ShouldNotBeNull(next), commandLine);
    }

    [Fact]
    public void Meanings_of_codes_name_commands_that_exist()
    {
        foreach ((string code, string meaning) in ErrorCodes.Meanings)
        {
            if (meaning.Contains(": attune ", StringComparison.Ordinal))
            {
                CommandText.ShouldParse(CommandText.Of(meaning)!, code);
            }
        }
    }

    [Fact]
    public void A_word_survives_the_shell()
    {
        foreach (string word in (
            string[])["plain", "with space", "it's", "a\"b", "$HOME", "*.csv", "`id`", "", "ünïcode", "new\nline", "--x=1;2", "~root", "!!"])
        {
            ShellWords.Of(PrintedCommand.Of("check", word)).ShouldBe(["attune", "check", word]);
        }
    }

    private async Task Follow(string command, string after)
    {
        CommandText.ShouldParse(command, after);
        string words = string.Join(' ', ShellWords.Of(command)[1..]);
        bool placeholder = words.Split(' ').Any(word => word.Length > 0 && word.All(char.IsAsciiLetterUpper));
        if (!placeholder && (words.EndsWith("--help", StringComparison.Ordinal) || Quick.Any(quick => words.StartsWith(quick, StringComparison.Ordinal))))
        {
            CliRun run = await CliRun.Of(ShellWords.Of(command)[1..]);
            run.Exit.ShouldBe(ExitCode.Done, $"after {after}: {command}: {run}");
        }
    }

    private async Task<CliRun> Run(string commandLine)
    {
        string[] words = [.. ShellWords.Of($"attune {commandLine}")[1..].Select(Filled)];
        return await CliRun.Of([.. words, "--json"]);
    }

    // Files lie in a folder whose name needs quoting; nothing depends on the current folder, which all tests share.
    private string Filled(string word) => word switch
    {
        "PLAN" => Path.Combine(Root, "samples", "cohort", "here.json"),
        "BOARD" => Path.Combine(Root, "samples", "cohort", "board.json"),
        "TINY" => Path.Combine(Root, "samples", "mobile-tiny.json"),
        "." => folder,
        _ when word.StartsWith("recorded:", StringComparison.Ordinal) => $"recorded:{At(word["recorded:".Length..])}",
        _ when word.StartsWith("bad.", StringComparison.Ordinal) || word.StartsWith("absent", StringComparison.Ordinal)
            || word.EndsWith(".onnx", StringComparison.Ordinal) || word.EndsWith(".dgp", StringComparison.Ordinal) || word == "p.json" => At(word),
        _ => word,
    };

    private string At(string name) => Path.Combine(folder, name);
}
