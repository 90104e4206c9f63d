using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Kernels;

namespace Attune.Cli.Tests.Arguments;

public sealed class FusionNamesTests
{
    [Fact]
    public void Names_come_from_several_values_once_and_in_the_order_of_the_table()
    {
        FusionNames.Parse(["residual, concat", "activation", "concat"]).ShouldBe([Fusions.Activation, Fusions.Residual, Fusions.Concat]);
        FusionNames.Parse([]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("residuals", "residual")]
    [InlineData("batchnorm", "batch-norm")]
    [InlineData("depthwise_pointwise", "depthwise-pointwise")]
    public void A_slip_is_answered_with_the_name_that_was_probably_meant(string slip, string meant) =>
        Should.Throw<CommandFailedException>(() => FusionNames.Parse([slip])).Message.ShouldContain($"Did you mean '{meant}'?");
}
