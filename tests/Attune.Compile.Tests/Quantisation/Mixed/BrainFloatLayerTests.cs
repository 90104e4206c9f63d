using System.Collections.Immutable;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;
using Attune.Runtime.Plan;

namespace Attune.Compile.Tests.Quantisation.Mixed;

/// <summary>Layers that multiply brain floats beside others on bytes and in floats.</summary>
public sealed class BrainFloatLayerTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_layer_computes_with_what_was_chosen_for_it(int lanes)
    {
        Network network = Chain();
        PreparedQuantisation prepared = Prepared(network);
        QuantisedNetwork mixed = prepared.Build(new Dictionary<string, string> { ["third"] = "because" }, ["second", "fourth"]);
        NetworkVerifier.Verify(mixed.Network).ShouldBeEmpty();
        mixed.Layers.ShouldBe(2);
        mixed.Kept.Select(kept => (kept.Node, kept.Reason)).ShouldBe(
            [("second", BrainFloatCasts.Reason), ("third", "because"), ("fourth", BrainFloatCasts.Reason)]);
        Network fused = PassPipeline.Default.Run(mixed.Network);
        ExecutionPlan.Create(fused, HostTarget.Of(lanes)).Steps.Where(step => step.Plan?.Workload is not null)
            .Select(step => (step.Plan!.Node.Name, step.Plan.Workload!.GetType())).ShouldBe(
            [
                ("first", typeof(QuantizedWorkload)), ("second", typeof(BFloat16Workload)), ("third", typeof(ConvolutionWorkload)),
                ("fourth", typeof(BFloat16Workload)), ("fifth", typeof(QuantizedWorkload)),
            ]);

        // The network as it is written says what is right.
        using var compiled = CompiledModel.Compile(
            fused, ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, new ModelOptions { Lanes = lanes, Threads = 1 });
        IReadOnlyDictionary<string, Tensor> sample = SampleSet.Random(network, 3, 9).Inputs[2];
        float[] wanted = ReferenceExecutor.Run(mixed.Network, sample)["y"].Elements<float>();
        float[] got = compiled.Run(sample)["y"].Elements<float>();
        wanted.Zip(got, (one, other) => Math.Abs(one - other)).Max().ShouldBeLessThan(0.02f * wanted.Max(Math.Abs));
    }

    [Fact]
    public void Weights_are_rounded_once_for_layers_that_share_them_and_kept_where_others_read_them()
    {
        var b = new NetworkBuilder("shared", 13);
        string w = b.Constant("w", Tensor.Of(Shape.Of(2, 2), new[] { 1.001f, 2, 3, 4 }));
        string x = b.Input("x", 1, 2);
        string one = b.Add("MatMul", "one", [x, w]);
        string other = b.Add("MatMul", "other", [x, w]);
        b.Output(b.Add("Add", "y", [b.Add("Add", "sum", [one, other]), b.Add("MatMul", "third", [x, w])]));
        Network network = b.Build();
        Network some = BrainFloatCasts.Apply(network, ["one", "other"]);
        NetworkVerifier.Verify(some).ShouldBeEmpty();
        some.Constants.Count.ShouldBe(2);
        some.Nodes.Count(node => node.Operator == "Cast").ShouldBe(2);

        // 1.001 lies between the brain floats 1 and 1.0078125.
        some.Constants["w.bf16"].Elements<float>().ShouldBe([1, 2, 3, 4]);
        some.Constants["w"].Elements<float>()[0].ShouldBe(1.001f);
        BrainFloatCasts.Apply(network, ["one", "other", "third"]).Constants.Keys.ShouldBe(["w.bf16"]);
        BrainFloatCasts.Apply(network, []).ShouldBeSameAs(network);
    }

    [Fact]
    public void A_layer_with_an_odd_number_of_channels_is_not_offered()
    {
        PreparedQuantisation prepared = Prepared(Chain(channels: 15));
        prepared.BrainFloatLayers(HostTarget.Of(8)).ShouldBe(["first"]);
        Prepared(Chain()).BrainFloatLayers(HostTarget.Of(8)).ShouldBe(["first", "second", "third", "fourth", "fifth"]);
    }

    [Fact]
    public void They_are_offered_where_asked_for_and_the_processor_multiplies_them()
    {
        Network network = Chain();
        SampleSet samples = SampleSet.Random(network, 6, 1);
        MixedReport Search(bool offers) => new QuantiseSession(network) { Precision = QuantisePrecision.Mixed, AllowedLoss = 0.5, OffersBrainFloats = offers }
            .Run(samples).Value!.Mixed!;
        Search(offers: false).Layers.ShouldAllBe(layer => layer.Forms.Length == 2);
        foreach (LayerForms layer in Search(offers: true).Layers)
        {
            layer.Forms.Length.ShouldBe(HostTarget.Widest.MultipliesHalves ? 3 : 2);
            if (layer.Forms.Length == 3)
            {
                layer.Forms[2].Precision.ShouldBe(LayerPrecision.BFloat16);
                layer.Forms[2].Ms.ShouldBeGreaterThan(0);

                // Brain floats have 8 binary digits: closer than bytes, and not exact.
                layer.Forms[2].RelativeError.ShouldBeInRange(1e-6, 1e-2);
            }
        }
    }

    [Fact]
    public void What_was_chosen_before_gives_the_same_network_without_a_search_where_it_runs()
    {
        Network network = Chain();
        SampleSet samples = SampleSet.Random(network, 6, 1);
        QuantiseSession session = new(network)
        {
            Precision = QuantisePrecision.Mixed,
            AllowedLoss = 0.5,
            OffersBrainFloats = true,
            KnownFloats = ["third"],
            KnownBrainFloats = ["second"],
        };
        QuantiseOutcome outcome = session.Run(samples).Value!;
        (outcome.Mixed is null).ShouldBe(HostTarget.Widest.MultipliesHalves);
        if (outcome.Mixed is null)
        {
            outcome.BrainLayers.ShouldBe(["second"]);
            outcome.FloatLayers.ShouldBe(["third"]);
            outcome.Quantised.Layers.ShouldBe(3);
            outcome.Quantised.Network.Types.Values.Count(type => type.Element == DataType.BFloat16).ShouldBe(1);
        }
    }

    private static PreparedQuantisation Prepared(Network network) =>
        PreparedQuantisation.Of(network, [.. SampleSet.Random(network, 4, 1).Inputs], QuantiserOptions.Default).Value!;

    /// <summary>Convolutions one after the other, with activations between.</summary>
    private static Network Chain(int channels = 16)
    {
        var random = new Random(5);
        var b = new NetworkBuilder("chain", 13);
        string value = b.Input("x", 1, 8, 9, 9);
        int from = 8;
        foreach (string name in new[] { "first", "second", "third", "fourth", "fifth" })
        {
            var shape = Shape.Of(channels, from, 3, 3);
            string w = b.Constant($"w {name}", Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() - 0.5f) / 3)]));
            string layer = b.Add("Conv", name, [value, w], ("pads", new long[] { 1, 1, 1, 1 }));
            value = b.Add("Relu", name == "fifth" ? "y" : $"{name} rectified", [layer]);
            from = channels;
        }

        b.Output(value);
        return b.Build();
    }
}
