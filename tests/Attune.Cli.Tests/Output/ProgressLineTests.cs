using Attune.Cli.Output;

namespace Attune.Cli.Tests.Output;

public sealed class ProgressLineTests
{
    private readonly InstantClock clock = new();
    private readonly StringWriter error = new();

    [Fact]
    public void Without_a_terminal_a_plain_line_appears_every_ten_seconds()
    {
        ProgressLine progress = Make(interactive: false);
        for (int second = 0; second < 25; second++)
        {
            progress.Report($"at {second}");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        error.ToString().ReplaceLineEndings("|").ShouldBe("at 0|at 10|at 20|");
    }

    [Fact]
    public void On_a_terminal_one_line_is_rewritten_and_removed_at_the_end()
    {
        ProgressLine progress = Make(interactive: true);
        progress.Report("one");
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Report("two");
        progress.Finish();
        error.ToString().ShouldBe("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[K");
    }

    [Fact]
    public void Results_in_a_file_leave_the_line_as_wide_as_the_terminal()
    {
        var progress = new ProgressLine(new Terminal(TextWriter.Null, error, interactive: true, colour: false, width: null, errorWidth: 30), clock);
        progress.Report(new string('x', 50));
        error.ToString().ShouldBe($"\r\u001b[K{new string('x', 28)}…");
    }

    private ProgressLine Make(bool interactive) => new(new Terminal(TextWriter.Null, error, interactive, colour: false, width: 80), clock);
}
