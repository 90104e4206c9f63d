using System.Collections.Immutable;
using Attune.Cohort.Recorded;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Recorded;

public sealed class RecordedTableTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Texts_numbers_and_gaps_that_may_be_are_read()
    {
        (RecordedTable? table, string? problem) = Read("name,us,hz\n\"conv, 1\",2.5,\npool,3e2,7\n");
        problem.ShouldBeNull();
        table.ShouldNotBeNull().Count.ShouldBe(2);
        table.Text(0, "name").ShouldBe("conv, 1");
        table.Number(0, "us").ShouldBe(2.5);
        table.Number(0, "hz").ShouldBe(0, "left to the system");
        table.Number(1, "us").ShouldBe(300);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("name,us\n", "no column 'hz'")]
    [InlineData("name,us,hz\na,1\n", "line 2 has 2 cells")]
    [InlineData("name,us,hz\na,1,2\nb,,2\n", "line 3, column us: '' is no number")]
    [InlineData("name,us,hz\na,fast,2\n", "line 2, column us: 'fast' is no number")]
    [InlineData("name,us,hz\na,1,high\n", "line 2, column hz: 'high' is no number")]
    [InlineData("name,us,hz\na,NaN,2\n", "line 2, column us")]
    [InlineData("name,us,hz\n\"a,1,2\n", "line 2: the quote that begins field 1 is not closed")]
    public void Everything_else_is_a_problem_with_its_line(string text, string expected)
    {
        (RecordedTable? table, string? problem) = Read(text);
        table.ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain(expected);
    }

    private (RecordedTable? Table, string? Problem) Read(string text)
    {
        File.WriteAllText(path, text);
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        var table = RecordedTable.Read(path, ["name"], ["us", "hz?"], problems);
        return (table, problems.SingleOrDefault()?.Message);
    }
}
