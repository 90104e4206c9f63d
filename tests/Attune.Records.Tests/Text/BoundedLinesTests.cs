using Attune.Records.Text;

namespace Attune.Records.Tests.Text;

public sealed class BoundedLinesTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("\n\r\na\r\n", new[] { "", "", "a" })]
    [InlineData("12345\n123456\n12345", new[] { "12345", null, "12345" })]
    [InlineData("12345\r\n123456\r\n123456", new[] { "12345", null, null })]
    public void Lines_come_without_their_ends_and_longer_ones_as_null(string text, string?[] lines) =>
        BoundedLines.Of(new StringReader(text), 5).ShouldBe(lines);

    [Fact]
    public void A_line_is_counted_over_the_blocks_in_which_it_is_read()
    {
        string fits = new('x', 40_000);
        BoundedLines.Of(new StringReader($"{fits}\n{fits}x\n{fits}"), 40_000).ShouldBe([fits, null, fits]);
    }
}
