using Attune.Kernels.Targets;
using Attune.Runtime.Execution;

namespace Attune.Runtime.Tests.Execution;

public sealed class FirstKernelTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void It_takes_the_whole_way_that_layers_of_models_take(int lanes)
    {
        // The layer, between conversions of its input and its output: none of them is left to a reference kernel.
        FirstKernel.Compile(HostTarget.Of(lanes)).ShouldBe(["Convert", "Convolution", "Convert"]);
    }
}
