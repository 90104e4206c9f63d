using Attune.Cli.Output;

namespace Attune.Cli.Tests.Output;

public sealed class ReportTableTests
{
    private static readonly string[] Columns = ["task", "?>layers", ">share", "?>trials", "?ok/cut/failed", "?>default", ">best", ">gain"];

    private static readonly string[][] Rows =
    [
        ["conv 1x1 512->1000 1x169", "1", "47.0 %", "1024", "1020/3/1", "7.55 ms", "7.01 ms", "1.08x"],
        ["depthwise 3x3 112x112", "12", "3.1 %", "7", "7/0/0", "0.0123 ms", "0.0119 ms", "1.03x"],
    ];

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void Nothing_is_wider_than_the_terminal_and_no_word_is_broken(int width)
    {
        string[] lines = Print(width);
        lines.ShouldAllBe(line => line.TrimEnd().Length <= width || line.StartsWith('('));
        string text = string.Join('\n', lines);
        foreach (string word in Rows.SelectMany(row => row[0].Split(' ')))
        {
            text.ShouldContain(word);
        }
    }

    [Fact]
    public void Columns_that_say_least_go_first_and_are_named()
    {
        string[] lines = Print(60);
        lines[0].ShouldContain("gain");
        lines[0].ShouldContain("best");
        lines[0].ShouldNotContain("ok/cut/failed");
        lines[^1].ShouldContain("ok/cut/failed");
    }

    [Fact]
    public void With_room_everything_is_there()
    {
        string[] lines = Print(200);
        lines.Length.ShouldBe(1 + Rows.Length);
        foreach (string column in Columns)
        {
            lines[0].ShouldContain(column.TrimStart('?', '>'));
        }
    }

    private static string[] Print(int width)
    {
        var output = new StringWriter();
        ReportTable.Print(new Terminal(output, output, interactive: false, colour: false, width).Report, Columns, Rows);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
