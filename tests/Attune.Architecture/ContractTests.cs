using System.Text.RegularExpressions;

namespace Attune.Architecture;

/// <summary>Whoever adds an implementation of an interface that has a contract is told to inherit the contract's tests.</summary>
public sealed partial class ContractTests
{
    public static TheoryData<string> Interfaces => ["ITemplate", "IMeasurer", "ITrialLog", "ITaskDevice"];

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void Every_implementation_inherits_the_tests_of_its_contract(string name)
    {
        string[] implementations = [.. Implementations(name)];
        implementations.ShouldNotBeEmpty();
        string[] suites = [.. Checkout.Sources("tests").SelectMany(
            file => Suite().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value)];
        implementations.Where(implementation => !suites.Contains(implementation)).ShouldBeEmpty(
            $"add a class {{Name}}ContractTests that derives from {name[1..]}Contract (tests/Attune.Contracts)");
    }

    [Fact]
    public void Tests_are_marked_with_known_categories_only() =>
        Checkout.Sources("tests").SelectMany(file => Mark().Matches(File.ReadAllText(file)))
            .Select(match => match.Value.TrimStart())
            .Where(mark => !mark.StartsWith("[Trait(Category.Name, Category."))
            .ShouldBeEmpty("./test chooses by these");

    private static IEnumerable<string> Implementations(string name) =>
        Checkout.Sources("src").SelectMany(file => Declaration().Matches(File.ReadAllText(file)))
            .Where(match => match.Groups["bases"].Value.Split(',', StringSplitOptions.TrimEntries).Contains(name))
            .Select(match => match.Groups["name"].Value);

    // A class with what it derives from, behind its primary constructor if it has one.
    [GeneratedRegex(@"\bclass (?<name>\w+)(\([^{;]*?\))? : (?<bases>[\w<>, ]+)\s*[{;\n]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\bclass (?<name>\w+)ContractTests\b[^\n]* : \w+Contract\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Suite();

    [GeneratedRegex(@"^\s*\[Trait\([^\n]*", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Mark();
}
