using Attune.Records.Csv;

namespace Attune.Records.Tests.Csv;

public sealed class CsvRowsTests
{
    // Expected fields by the grammar of RFC 4180, section 2.
    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("a,,", new[] { "a", "", "" })]
    [InlineData(",", new[] { "", "" })]
    [InlineData("\"a\"", new[] { "a" })]
    [InlineData("\"a,b\",c", new[] { "a,b", "c" })]
    [InlineData("x,\"say \"\"no\"\"\",\"\"", new[] { "x", "say \"no\"", "" })]
    [InlineData("\"\"\"\",\"\"\"\"\"\"", new[] { "\"", "\"\"" })]
    [InlineData("\"a\",", new[] { "a", "" })]
    public void A_line_is_split_at_commas_outside_of_quotes(string line, string[] fields)
    {
        foreach (string end in new[] { "", "\n", "\r\n" })
        {
            CsvRow row = CsvRows.Read(new StringReader(line + end)).ToArray().ShouldHaveSingleItem();
            row.Fields.ShouldBe(fields);
            row.Problem.ShouldBeNull();
            (row.Line, row.Length).ShouldBe((1, line.Length));
        }
    }

    [Theory]
    [InlineData("\"a", "field 1 is not closed")]
    [InlineData("a,\"b,c", "field 2 is not closed")]
    [InlineData("a,\"b\"\"", "field 2 is not closed")]
    [InlineData("a,\"", "field 2 is not closed")]
    [InlineData("\"a\nb\",c", "field 1 is not closed")]
    [InlineData("a\"b", "field 1 has a quote")]
    [InlineData("\"a\",x\"", "field 2 has a quote")]
    [InlineData("\"a\"b,c", "field 1 goes on")]
    public void A_quote_that_is_not_closed_or_stands_where_none_may_is_named_with_its_line(string line, string problem)
    {
        CsvRow[] rows = [.. CsvRows.Read(new StringReader("x,y\n\n" + line + "\n1,2\n"))];
        rows[0].Fields.ShouldBe(["x", "y"]);
        rows.Length.ShouldBe(2);
        rows[1].Line.ShouldBe(3);
        rows[1].Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    public void A_quote_that_swallows_the_file_is_a_problem_and_no_exception(string before)
    {
        CsvRow[] rows = [.. CsvRows.Read(new StringReader(before + "\"" + new string('x', 20_000_000)))];
        rows.Length.ShouldBe(before.Length == 0 ? 1 : 2);
        rows[^1].Problem.ShouldNotBeNull().ShouldContain("not closed");
        rows[^1].Line.ShouldBe(rows.Length);
    }

    [Fact]
    public void Empty_lines_are_left_out_but_counted()
    {
        CsvRow[] rows = [.. CsvRows.Read(new StringReader("\na,b\n\n\r\n1,2\n\n"))];
        rows.Select(row => row.Line).ShouldBe([2, 5]);
        CsvRows.Read(new StringReader(string.Empty)).ToArray().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_written_comes_back()
    {
        string[] words = ["plain", "with,comma", "with \"quotes\"", "\"", ",", "a\"\",b", ""];
        var random = new Random(4);
        for (int i = 0; i < 500; i++)
        {
            string[] fields = ["first", .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)])];
            using var text = new StringWriter();
            CsvRows.Write(text, fields);
            CsvRows.Read(new StringReader(text.ToString())).ToArray().ShouldHaveSingleItem().Fields.ShouldBe(fields, text.ToString());
        }
    }
}
