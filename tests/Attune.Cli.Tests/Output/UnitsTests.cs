using Attune.Cli.Output;

namespace Attune.Cli.Tests.Output;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0 trials")]
    [InlineData(1, "1 trial")]
    [InlineData(2, "2 trials")]
    public void One_of_a_thing_is_no_plural(long count, string text) => Units.Counted(count, "trial").ShouldBe(text);
}
