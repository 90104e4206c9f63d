using System.Text.RegularExpressions;

namespace Attune.Architecture;

/// <summary>Decisions are numbered, dated and listed.</summary>
public sealed partial class DecisionTests
{
    private static string Folder => Checkout.Path("docs", "decisions");

    private static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*.md").Where(file => Path.GetFileName(file) != "README.md").Order(StringComparer.Ordinal);

    [Fact]
    public void The_index_lists_each_with_its_date_and_status()
    {
        string[] listed = [.. File.ReadLines(Path.Combine(Folder, "README.md")).Where(line => line.StartsWith("| 0", StringComparison.Ordinal))];
        listed.ShouldBe(Files.Select(Row));
    }

    [Fact]
    public void No_number_is_given_twice() =>
        Files.Select(file => Path.GetFileName(file)[..4]).ShouldBeUnique();

    private static string Row(string file)
    {
        string[] lines = File.ReadAllLines(file);
        Match title = Title().Match(lines[0]);
        Match state = State().Match(lines[2]);
        title.Success.ShouldBeTrue($"{file}: {lines[0]}");
        state.Success.ShouldBeTrue($"{file}: {lines[2]}");
        string number = title.Groups["number"].Value;
        Path.GetFileName(file).ShouldStartWith(number);
        return $"| {number} | [{title.Groups["title"].Value}]({Path.GetFileName(file)}) | {state.Groups["date"].Value} | {state.Groups["status"].Value} |";
    }

    [GeneratedRegex(@"\A# (?<number>\d{4}) (?<title>.+)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Title();

    [GeneratedRegex(@"\ADate: (?<date>\d{4}-\d{2}-\d{2})\. Status: (?<status>.+)\.\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex State();
}
