using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Compile.Tests.Quantisation;

public sealed class CostMeasurementTests
{
    private const float Inf = float.PositiveInfinity;

    [Theory]
    [InlineData(new[] { 0f, 0, 0, 0 }, new[] { 1f, 0, 0, 0 }, 1 / 25.0)]
    [InlineData(new[] { Inf, 0, float.NaN, -Inf }, new[] { Inf, 1f, float.NaN, -Inf }, 1 / 16.0)]
    [InlineData(new[] { Inf, float.NaN, Inf, -Inf }, new[] { Inf, float.NaN, Inf, -Inf }, 0)]
    [InlineData(new[] { Inf, 0, 0, 0 }, new[] { 0f, 0, 0, 0 }, Inf)]
    [InlineData(new[] { 0f, 0, 0, 0 }, new[] { Inf, 0, 0, 0 }, Inf)]
    [InlineData(new[] { Inf, 0, 0, 0 }, new[] { -Inf, 0, 0, 0 }, Inf)]
    [InlineData(new[] { float.NaN, 0, 0, 0 }, new[] { 0f, 0, 0, 0 }, Inf)]
    [InlineData(new[] { 0f, 0, 0, 0 }, new[] { float.NaN, 0, 0, 0 }, Inf)]
    public void Numbers_that_are_infinite_or_none_in_both_networks_do_not_count(float[] before, float[] after, double square)
    {
        var x = new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(3f, 4, 0, 0) };
        var measurement = new CostMeasurement(Sum(before), [x], [], 1, () => { }, CancellationToken.None);
        double error = measurement.Of(Sum(after), () => { }, CancellationToken.None).RelativeError;
        Math.Round(error, 12).ShouldBe(Math.Round(Math.Sqrt(square), 12));
    }

    private static Network Sum(float[] summands)
    {
        var b = new NetworkBuilder("sum", 13);
        b.Output(b.Add("Add", "y", [b.Input("x", 4), b.Constant("summands", Tensor.Vector(summands))]));
        return b.Build();
    }
}
