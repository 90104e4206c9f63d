using Attune.Cli.Commands;
using Attune.Cli.Output;

namespace Attune.Cli.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. Paths(CommandList.All(), string.Empty)];

    [Fact]
    public async Task A_misspelt_command_is_a_usage_failure_with_a_suggestion()
    {
        CliRun run = await CliRun.Of("explian", "AT0001");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("Did you mean 'explain'?");
        run.Error.ShouldContain("Next");
    }

    [Fact]
    public async Task A_misspelt_option_is_a_usage_failure_with_a_suggestion()
    {
        CliRun run = await CliRun.Of("explain", "AT0001", "--jsn");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("Did you mean '--json'?");
    }

    [Theory]
    [InlineData("--threads", "a whole number")]
    [InlineData("--min-repeat-ms", "a number")]
    public async Task A_value_of_the_wrong_kind_is_named_in_words(string option, string kind)
    {
        CliRun run = await CliRun.Of("tune", "zoo:alexnet", option, "many", "--json");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.ErrorCode.ShouldBe(ErrorCodes.BadValue);
        run.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe($"{option} takes {kind}, which 'many' is not.");
    }

    [Fact]
    public async Task With_json_a_usage_failure_is_a_document_on_stdout()
    {
        CliRun run = await CliRun.Of("explain", "--json");
        run.Exit.ShouldBe(ExitCode.Usage);
        run.ErrorCode.ShouldBe(ErrorCodes.Arguments);
        run.Json.GetProperty("error").GetProperty("next").GetString().ShouldBe("attune explain --help");
        run.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_code_can_be_explained()
    {
        foreach (string code in ErrorCodes.Meanings.Keys)
        {
            CliRun run = await CliRun.Of("explain", code, "--json");
            run.Exit.ShouldBe(ExitCode.Done);
            run.Json.GetProperty("meaning").GetString()!.Length.ShouldBeGreaterThan(20);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself_with_an_example(string path)
    {
        CliRun run = await CliRun.Of([.. path.Split(' '), "--help"]);
        run.Exit.ShouldBe(ExitCode.Done);
        run.Output.ShouldContain("Example");
        run.Output.ShouldContain($"  attune {path}");
        run.Output.ShouldContain("--json");
    }

    [Fact]
    public async Task The_front_page_lists_commands_and_exit_codes()
    {
        CliRun run = await CliRun.Of("--help");
        run.Exit.ShouldBe(ExitCode.Done);
        foreach (CliCommand command in CommandList.All().Where(command => !command.Command.Hidden))
        {
            run.Output.ShouldContain($"  {command.Command.Name}");
        }

        run.Output.ShouldNotContain("worker");
        run.Output.ShouldContain("Exit codes:");
    }

    private static IEnumerable<string> Paths(IEnumerable<CliCommand> commands, string prefix) =>
        commands.Where(command => !command.Command.Hidden)
            .SelectMany(command => Paths(command.Children, $"{prefix}{command.Command.Name} ").Prepend($"{prefix}{command.Command.Name}"));
}
