namespace Attune.Records.Tests.Csv;

public sealed class CsvFieldsTests
{
    // Expected fields by the grammar of RFC 4180, section 2.
    [Theory]
    [InlineData("", new[] { "" })]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("a,,", new[] { "a", "", "" })]
    [InlineData("\"a\"", new[] { "a" })]
    [InlineData("\"a,b\",c", new[] { "a,b", "c" })]
    [InlineData("x,\"say \"\"no\"\"\",\"\"", new[] { "x", "say \"no\"", "" })]
    [InlineData("\"\"\"\",\"\"\"\"\"\"", new[] { "\"", "\"\"" })]
    [InlineData("\"a\",", new[] { "a", "" })]
    public void A_line_is_split_at_commas_outside_of_quotes(string line, string[] fields)
    {
        CsvFields.Split(line, out string? problem).ShouldBe(fields);
        problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"a", "field 1 is not closed")]
    [InlineData("a,\"b,c", "field 2 is not closed")]
    [InlineData("a,\"b\"\"", "field 2 is not closed")]
    [InlineData("a,\"", "field 2 is not closed")]
    [InlineData("a\"b", "field 1 has a quote")]
    [InlineData("\"a\",x\"", "field 2 has a quote")]
    [InlineData("\"a\"b,c", "field 1 goes on")]
    public void A_quote_that_is_not_closed_or_stands_where_none_may_is_named(string line, string problem)
    {
        CsvFields.Split(line, out string? said).ShouldBeNull();
        said.ShouldNotBeNull().ShouldContain(problem);
    }

    [Fact]
    public void What_the_export_writes_comes_back()
    {
        string[] words = ["", "plain", "with,comma", "with \"quotes\"", "\"", ",", "a\"\",b"];
        var random = new Random(4);
        for (int i = 0; i < 500; i++)
        {
            string[] fields = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)])];
            string line = string.Join(',', fields.Select(field => field.AsSpan().IndexOfAny(",\"") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\""));
            CsvFields.Split(line, out _).ShouldBe(fields, line);
        }
    }
}
