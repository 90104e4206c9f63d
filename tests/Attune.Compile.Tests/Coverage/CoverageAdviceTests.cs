using Attune.Compile.Coverage;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Tests.Coverage;

public sealed class CoverageAdviceTests
{
    [Fact]
    public void A_model_of_half_precision_is_slow_and_would_be_tuned_as_floats()
    {
        var builder = new NetworkBuilder("half", opset: 17);
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(16, 16, 3, 3), new Half[16 * 16 * 9]));
        builder.Output(builder.Add("Conv", "conv", [builder.Input("x", new TensorType(DataType.Float16, Shape.Of(1, 16, 12, 12))), weights]));
        (Network network, KernelCoverage coverage) = CoverageOf(builder);
        coverage.IsSlow.ShouldBeTrue();
        coverage.ShareOf(NodeExecution.Reference).ShouldBe(1);
        var advice = CoverageAdvice.Of(network, coverage);
        advice.AsFloat32.ShouldNotBeNull().ShareOf(NodeExecution.Tuned).ShouldBe(1);
        advice.IsQuantised.ShouldBeFalse();
    }

    [Fact]
    public void A_model_of_floats_runs_well_and_needs_no_advice()
    {
        var builder = new NetworkBuilder("float", opset: 17);
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(16, 16, 3, 3), new float[16 * 16 * 9]));
        builder.Output(builder.Add("Conv", "conv", [builder.Input("x", 1, 16, 12, 12), weights]));
        (Network network, KernelCoverage coverage) = CoverageOf(builder);
        coverage.IsSlow.ShouldBeFalse();
        coverage.CountOf(NodeExecution.Tuned).ShouldBe(1);
        FloatNetwork.Of(network).ShouldBeNull();
        CoverageAdvice.Of(network, coverage).ShouldBe(new CoverageAdvice(null, IsQuantised: false));
    }

    private static (Network Network, KernelCoverage Coverage) CoverageOf(NetworkBuilder builder)
    {
        Network network = builder.Build();
        Network fused = PassPipeline.Default.Run(network);
        return (network, KernelCoverage.Of(fused, ModelCoverage.Of(fused, HostTarget.Widest)));
    }
}
