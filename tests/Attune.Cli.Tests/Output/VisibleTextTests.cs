using Attune.Cli.Output;
using Attune.Graph;
using Attune.Graph.Building;

namespace Attune.Cli.Tests.Output;

/// <summary>Names come from files of others; a terminal must not obey them, wherever they are printed.</summary>
public sealed class VisibleTextTests : IDisposable
{
    private const string Evil = "x\u001b[31m\u202e\nNext    rm -rf";
    private readonly string folder = Directory.CreateTempSubdirectory("attune-visible-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("plain text, ünïcode → too", "plain text, ünïcode → too")]
    [InlineData("\u001b[2J", "\\u001b[2J")]
    [InlineData("a\rb\nc", "a\\u000db\\u000ac")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("ab\u202ecd\u2066", "ab\\u202ecd\\u2066")]
    public void What_a_terminal_would_obey_is_shown(string text, string shown) => VisibleText.Of(text).ShouldBe(shown);

    [Fact]
    public async Task Names_of_a_model_reach_the_terminal_harmless()
    {
        var builder = new NetworkBuilder("soft", opset: 17);
        builder.Output(builder.Add("Softmax", Evil + "layer", [builder.Input(Evil, 2, 7)], ("axis", -1L)));
        string path = Path.Combine(folder, "model.onnx");
        OnnxWriter.Write(builder.Build(), path);
        string[][] commands =
        [
            ["check", path], ["explain", path, "--threads", "1"], ["run", path, "--threads", "1"],
            ["check", path, "--shape", Evil + "=3"], ["check", path + Evil],
        ];
        foreach (string[] arguments in commands)
        {
            CliRun run = await CliRun.Of(arguments);
            foreach (string printed in (string[])[run.Output, run.Error])
            {
                printed.Replace("\n", string.Empty).Any(char.IsControl).ShouldBeFalse(printed);
                printed.ShouldNotContain('\u202e');
                printed.Split('\n').ShouldNotContain(line => line.StartsWith("Next    rm"));
            }
        }
    }

    [Fact]
    public void Progress_and_tables_show_it_too()
    {
        var error = new StringWriter();
        var terminal = new Terminal(error, error, interactive: false, colour: false, width: 80);
        var progress = new ProgressLine(terminal, TimeProvider.System);
        progress.Announce(Evil);
        progress.Report(Evil);
        ReportTable.Print(terminal.Report, ["name"], [[Evil]]);
        error.ToString().ShouldNotContain('\u001b');
        error.ToString().Split("\\u001b[31m").Length.ShouldBe(4);
    }
}
