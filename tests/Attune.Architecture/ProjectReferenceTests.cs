namespace Attune.Architecture;

public sealed class ProjectReferenceTests
{
    public static TheoryData<string> Projects => [.. Checkout.Projects("src")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_only_what_the_architecture_allows(string project)
    {
        Dictionary<string, string[]?> allowed = Allowed();
        allowed.Keys.ShouldContain(project, "docs/architecture.md has no row for this project");
        if (allowed[project] is { } uses)
        {
            Checkout.ReferencesOf(project).Except(uses).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_architecture_names_no_project_that_does_not_exist() =>
        Allowed().Keys.Except(Checkout.Projects("src")).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_has_tests(string project) =>
        File.Exists(Checkout.Path("tests", project + ".Tests", project + ".Tests.csproj")).ShouldBeTrue();

    [Fact]
    public void The_solution_holds_every_project()
    {
        string solution = File.ReadAllText(Checkout.Path("Attune.slnx"));

        // A peer's package is large, and needed only by comparisons: bench/peers/install builds it.
        Checkout.Projects("src").Concat(Checkout.Projects("tests")).Concat(Checkout.Projects("bench")).Where(project => !project.StartsWith("Attune.Peers."))
            .Where(project => !solution.Contains($"/{project}.csproj\""))
            .ShouldBeEmpty();
    }

    /// <summary>Rows of the table in docs/architecture.md: project and the projects it may use; null allows all.</summary>
    private static Dictionary<string, string[]?> Allowed()
    {
        var rows = new Dictionary<string, string[]?>();
        foreach (string line in File.ReadLines(Checkout.Path("docs", "architecture.md")).Where(line => line.StartsWith("| `Attune.")))
        {
            string[] cells = [.. line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            rows[cells[0].Trim('`')] = cells[^1] switch
            {
                "all" => null,
                "nothing of ours" => [],
                string names => [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name => "Attune." + name)],
            };
        }

        rows.ShouldNotBeEmpty();
        return rows;
    }
}
