using Attune.Cli.Arguments;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Arguments;

public sealed class BudgetTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5m", 90)]
    [InlineData("500ms", 0.5)]
    public void Durations_are_read(string text, double seconds) => Budget.Parse(text).ShouldBe(new Budget(TimeSpan.FromSeconds(seconds), null));

    [Theory]
    [InlineData("500trials")]
    [InlineData("500 trials")]
    [InlineData("500")]
    public void Trials_are_read(string text) => Budget.Parse(text).ShouldBe(new Budget(null, 500));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("0s")]
    [InlineData("5x")]
    [InlineData("m")]
    [InlineData("0trials")]
    [InlineData("99999999999h")]
    public void Anything_else_is_a_usage_failure(string text) =>
        Should.Throw<CommandFailedException>(() => Budget.Parse(text)).Failure.Exit.ShouldBe(ExitCode.Usage);

    [Fact]
    public void Threads_beyond_the_processors_are_refused()
    {
        SharedOptions.CheckThreads(1).ShouldBe(1);
        SharedOptions.CheckThreads(null).ShouldBe(Environment.ProcessorCount);
        Should.Throw<CommandFailedException>(() => SharedOptions.CheckThreads(Environment.ProcessorCount + 1)).Failure.Code.ShouldBe(ErrorCodes.TooManyThreads);
        Should.Throw<CommandFailedException>(() => SharedOptions.CheckThreads(0)).Failure.Code.ShouldBe(ErrorCodes.BadValue);
    }
}
