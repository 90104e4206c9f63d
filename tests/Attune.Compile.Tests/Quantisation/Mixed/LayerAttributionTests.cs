using System.Collections.Immutable;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Samples;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Tests.Quantisation.Mixed;

public sealed class LayerAttributionTests
{
    [Fact]
    public void Bytes_come_from_the_layers_before_through_pools_and_sums_but_not_through_others()
    {
        PreparedQuantisation prepared = Prepared();
        prepared.Layers.ShouldBe(["first", "second", "third", "fourth", "last"]);

        // The input is floats; the sum is of the pool behind the first and of the second; a softmax works on floats alone.
        LayerSources.Of(prepared.Plain, prepared.Plan).Select(sources => string.Join(' ', sources)).ShouldBe(["", "0", "0 1", "2", ""]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_step_has_a_layer_that_causes_it(bool onBytes)
    {
        PreparedQuantisation prepared = Prepared();
        Network fused = PassPipeline.Default.Run(onBytes ? prepared.Build().Network : prepared.Plain);
        var owners = new StepOwners(fused, prepared.Layers);
        using var model = CompiledModel.Compile(fused, ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, new ModelOptions());
        var causes = model.Steps.ToDictionary(step => step.Name, step => owners.Of(step.Name));
        causes.Values.ShouldAllBe(cause => cause.Layer >= 0);
        foreach ((int at, string layer) in prepared.Layers.Index())
        {
            causes[layer].ShouldBe((at, false));
        }

        causes["pool"].ShouldBe((0, false));
        causes["softmax"].ShouldBe((3, false));
        (int Layer, bool IsEntry)[] entries = [.. causes.Values.Where(cause => cause.IsEntry)];
        entries.ShouldBe(onBytes ? [(0, true), (4, true)] : [], ignoreOrder: true);
    }

    [Fact]
    public void Bytes_that_are_faster_by_less_than_the_noise_are_as_fast()
    {
        double[] floats = [1.00, 1.10, 0.90, 1.05, 0.95, 1.20, 0.80];
        LayerTiming.Known(floats, [0.99, 1.12, 0.88, 1.00, 1.00, 1.15, 0.81]).ShouldBe((1.0, 1.0));
        LayerTiming.Known(floats, [0.50, 0.60, 0.45, 0.55, 0.49, 0.60, 0.40]).ShouldBe((1.0, 0.5));
        LayerTiming.Known(floats, [1.01, 1.12, 0.88, 1.06, 1.02, 1.22, 0.81]).ShouldBe((1.0, 1.02));
    }

    private static PreparedQuantisation Prepared()
    {
        var b = new NetworkBuilder("five", 13);
        (string, object) padded = ("pads", new long[] { 1, 1, 1, 1 });
        string first = b.Add("Conv", "first", [b.Input("x", 1, 3, 8, 8), Weights(b, "w1", 16, 3, 3, 3)], padded);
        string pool = b.Add("MaxPool", "pool", [first], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        string second = b.Add("Conv", "second", [pool, Weights(b, "w2", 16, 16, 3, 3)], padded);
        string sum = b.Add("Add", "sum", [pool, second]);
        string third = b.Add("Conv", "third", [sum, Weights(b, "w3", 16, 16, 3, 3)], padded);
        string fourth = b.Add("Conv", "fourth", [b.Add("Relu", "relu", [third]), Weights(b, "w4", 16, 16, 1, 1)]);
        string softmax = b.Add("Softmax", "softmax", [fourth], ("axis", 1L));
        b.Output(b.Add("Conv", "last", [softmax, Weights(b, "w5", 4, 16, 4, 4)]));
        Network network = b.Build();
        return PreparedQuantisation.Of(network, [.. SampleSet.Random(network, 3, 1).Inputs], QuantiserOptions.Default).Value!;
    }

    private static string Weights(NetworkBuilder b, string name, params long[] extents)
    {
        var random = new Random(name[1]);
        var shape = Shape.Of(extents);
        return b.Constant(name, Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 2) - 1)]));
    }
}
