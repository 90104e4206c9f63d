using System.Text.RegularExpressions;

namespace Attune.Architecture;

/// <summary>Whoever follows a link of the papers, or a path that a message names, arrives somewhere.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string[] Scripts = ["attune", "test", "bench/run", "bench/peers/install", "eng/pack", "eng/sdk.sh", ".ci/run"];

    public static TheoryData<string> Papers => [.. Files];

    private static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Checkout.Root, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(new[] { "docs", "samples", "src", "bench", "tests" }.SelectMany(
                folder => Directory.EnumerateFiles(Checkout.Path(folder), "*.md", SearchOption.AllDirectories)))
            .Select(Checkout.Relative)
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "artifacts"));

    [Theory]
    [MemberData(nameof(Papers))]
    public void A_link_of_a_paper_leads_to_a_file_and_a_heading(string paper)
    {
        string path = Checkout.Path(paper);
        Link().Matches(File.ReadAllText(path))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://") && !target.StartsWith("mailto:"))
            .Where(target => !Leads(path, target))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_path_of_the_papers_that_a_message_or_a_comment_names_exists()
    {
        IEnumerable<string> files = Files.Select(paper => Checkout.Path(paper))
            .Concat(new[] { "src", "bench", "samples" }.SelectMany(Checkout.Sources))
            .Concat(Scripts.Select(script => Checkout.Path(script)));
        files.SelectMany(file => Named().Matches(File.ReadAllText(file)).Select(match => (File: Checkout.Relative(file), Named: match.Value)))
            .Where(found => !Exists(Checkout.Path(found.Named)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_decision_that_is_cited_by_number_was_recorded()
    {
        string[] records = [.. Directory.EnumerateFiles(Checkout.Path("docs", "decisions"), "*.md").Select(file => Path.GetFileName(file)[..4])];
        new[] { "src", "bench", "samples" }.SelectMany(Checkout.Sources).Concat(Files.Select(paper => Checkout.Path(paper)))
            .SelectMany(file => Cited().Matches(File.ReadAllText(file)).Select(match => (File: Checkout.Relative(file), Number: match.Groups["number"].Value)))
            .Where(found => !records.Contains(found.Number))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs/architecture.md", "guide/correctness.md", true)]
    [InlineData("docs/architecture.md", "guide/no-such-guide.md", false)]
    [InlineData("docs/architecture.md", "#algorithms-of-a-convolution", true)]
    [InlineData("docs/architecture.md", "#no-such-heading", false)]
    public void The_check_itself_can_tell(string paper, string target, bool leads) => Leads(Checkout.Path(paper), target).ShouldBe(leads);

    private static bool Leads(string paper, string target)
    {
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? paper : Path.Combine(Path.GetDirectoryName(paper)!, Uri.UnescapeDataString(parts[0]));
        return Exists(file)
            && (parts.Length == 1 || !file.EndsWith(".md") || File.ReadLines(file).Any(line => line.StartsWith('#') && Anchor(line) == parts[1]));
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    // As code hosts make them: letters, digits, '-' and '_' of the heading in small letters, spaces as '-'.
    private static string Anchor(string heading) =>
        string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-').Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_'));

    [GeneratedRegex(@"(?<!`)\]\((?<target>[^()\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Link();

    // A path in a text ends before the full stop of its sentence.
    [GeneratedRegex(@"\bdocs/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\.md)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Named();

    [GeneratedRegex(@"\b[Dd]ecision (?<number>[0-9]{4})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Cited();
}
