using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Attune.EndToEnd;

/// <summary>Runs the commands of README.md, in order, with smaller budgets.</summary>
public sealed partial class ReadmeTests(ITestOutputHelper log) : WorkFolder
{
    [Fact]
    public async Task Every_command_marked_runnable_works()
    {
        string[] commands = [.. Commands()];
        commands.Length.ShouldBeGreaterThan(5);
        foreach (string command in commands)
        {
            string[] arguments = command.Replace("--budget 2m", "--budget 4s").Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            if (arguments[0] == "bench")
            {
                arguments = [.. arguments, "--duration", "1s"];
            }

            ToolRun run = await Tool.RunAsync(Folder, arguments);
            log.WriteLine($"{command}{Environment.NewLine}{run}");
            run.Exit.ShouldBe(0, command);
        }
    }

    private static IEnumerable<string> Commands() =>
        RunnableBlock().Matches(File.ReadAllText(Repository.PathOf("README.md")))
            .SelectMany(block => block.Groups["body"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Where(line => line.StartsWith("./attune "));

    [GeneratedRegex(
        @"^```sh runnable\n(?<body>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RunnableBlock();
}
