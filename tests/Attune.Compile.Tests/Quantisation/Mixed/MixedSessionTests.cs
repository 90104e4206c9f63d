using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Compile.Tests.Quantisation.Mixed;

public sealed class MixedSessionTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.001)]
    public void The_network_keeps_the_budget_and_the_report_agrees_with_it(double allowed)
    {
        Network network = Wide();
        SampleSet samples = SampleSet.Random(network, 10, 1);
        QuantiseOutcome outcome = new QuantiseSession(network) { Precision = QuantisePrecision.Mixed, AllowedLoss = allowed }.Run(samples).Value!;
        outcome.Cost.Loss.ShouldBeLessThanOrEqualTo(allowed);
        outcome.IsInterrupted.ShouldBeFalse();
        MixedReport mixed = outcome.Mixed!;
        mixed.Allowed.ShouldBe(allowed);
        mixed.Layers.Select(layer => layer.Node).ShouldBe(["first", "second", "third"]);
        mixed.Layers.ShouldAllBe(layer => layer.Forms[0].Ms > 0 && layer.Forms[1].Ms > 0 && layer.Forms[1].RelativeError > 0);

        // The input of the first is floats; nobody turns the second's into bytes when it comes from the first.
        mixed.Layers.Select(layer => layer.Sources.Length).ShouldBe([0, 1, 1]);
        mixed.Layers[0].Forms[1].EntryMs.ShouldBeGreaterThan(0);
        mixed.Front[^1].IsFloat.ShouldBeTrue();
        outcome.Quantised.Layers.ShouldBe(mixed.Chosen.Precisions.Count(precision => precision == LayerPrecision.Int8));
        outcome.Quantised.Kept.Select(kept => kept.Node).ShouldBe(
            mixed.Layers.Zip(mixed.Chosen.Precisions).Where(pair => pair.Second == LayerPrecision.Float32).Select(pair => pair.First.Node));
        mixed.Trials.ShouldAllBe(trial => trial.IsWithin == (trial.Loss <= allowed));
        mixed.Figures!.Floats.Ms.ShouldBeGreaterThan(0);

        // What runs within the report is what is given: its cost again.
        double again = new CostMeasurement(network, [samples.Inputs[4], samples.Inputs[9]], [], 1, () => { }, CancellationToken.None)
            .Of(outcome.Quantised.Network, () => { }, CancellationToken.None).RelativeError;
        again.ShouldBe(outcome.Cost.RelativeError);
    }

    [Fact]
    public void A_budget_of_nothing_leaves_everything_in_floats()
    {
        Network network = Wide();
        QuantiseOutcome outcome = new QuantiseSession(network) { Precision = QuantisePrecision.Mixed, AllowedLoss = 0 }
            .Run(SampleSet.Random(network, 10, 1)).Value!;
        outcome.Quantised.Network.ShouldBeSameAs(network);
        outcome.Quantised.Layers.ShouldBe(0);
        outcome.Quantised.Kept.Length.ShouldBe(3);
        outcome.Cost.Loss.ShouldBe(0);
        outcome.Mixed!.Chosen.IsFloat.ShouldBeTrue();
    }

    [Fact]
    public void What_was_chosen_before_gives_the_same_network_without_a_search()
    {
        Network network = Wide();
        SampleSet samples = SampleSet.Random(network, 10, 1);
        var seen = new List<string>();
        QuantiseSession Session(params string[] floats) => new(network)
        {
            Precision = QuantisePrecision.Mixed,
            AllowedLoss = 0.5,
            KnownFloats = [.. floats],
        };
        QuantiseOutcome one = Session("second").Run(samples, new Listener(at => seen.Add(at.Phase))).Value!;
        QuantiseOutcome other = Session("second").Run(samples).Value!;
        seen.Distinct().ShouldBe(["calibrating", "running on floats", "running on bytes"]);
        one.Mixed.ShouldBeNull();
        one.Quantised.Kept.ShouldHaveSingleItem().Node.ShouldBe("second");
        AreEqual(one.Quantised.Network, other.Quantised.Network).ShouldBeTrue();
        AreEqual(one.Quantised.Network, Session("third").Run(samples).Value!.Quantised.Network).ShouldBeFalse();

        // A layer that is not there any more is searched for again, and so is a loss above the budget.
        Session("seventh").Run(samples).Value!.Mixed.ShouldNotBeNull();
        new QuantiseSession(network) { Precision = QuantisePrecision.Mixed, AllowedLoss = 0, KnownFloats = [] }.Run(samples).Value!.Mixed.ShouldNotBeNull();
    }

    [Fact]
    public void Cancelling_before_anything_is_found_gives_up()
    {
        Network network = Wide();
        using var stop = new CancellationTokenSource();
        var listener = new Listener(at =>
        {
            if (at.Phase == "timing layers")
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => new QuantiseSession(network) { Precision = QuantisePrecision.Mixed }
            .Run(SampleSet.Random(network, 5, 1), listener, stop.Token));
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void A_network_of_the_zoo_becomes_faster_within_its_budget()
    {
        Network network = ModelZoo.Create("squeezenet_v1.1");
        QuantiseOutcome outcome = new QuantiseSession(network) { Precision = QuantisePrecision.Mixed, AllowedLoss = 0.5 }
            .Run(SampleSet.Random(network, 5, 1)).Value!;
        outcome.Cost.Loss.ShouldBeLessThanOrEqualTo(0.5);
        NetworkVerifier.Verify(outcome.Quantised.Network).ShouldBeEmpty();
        outcome.Mixed!.Layers.Length.ShouldBe(26);
        outcome.Mixed.Trials.ShouldNotBeEmpty();
    }

    internal static bool AreEqual(Network one, Network other) =>
        one.Nodes.Select(node => node.Name).SequenceEqual(other.Nodes.Select(node => node.Name))
        && one.Constants.Count == other.Constants.Count
        && one.Constants.All(pair => other.Constants.TryGetValue(pair.Key, out Tensor? tensor) && tensor.Type.Equals(pair.Value.Type)
            && tensor.Data.Cast<object>().SequenceEqual(pair.Value.Data.Cast<object>()));

    /// <summary>Three layers whose single output is no answer, so that the error counts.</summary>
    private static Network Wide()
    {
        var random = new Random(5);
        var b = new NetworkBuilder("wide", 13);
        string Weights(string name, int from, int to) => b.Constant(
            name, Tensor.Of(Shape.Of(from, to), [.. Enumerable.Range(0, from * to).Select(_ => (random.NextSingle() * 2) - 1)]));
        string first = b.Add("Relu", "ra", [b.Add("Gemm", "first", [b.Input("x", 4, 256), Weights("w1", 256, 256)])]);
        string second = b.Add("Relu", "rb", [b.Add("Gemm", "second", [first, Weights("w2", 256, 256)])]);
        b.Output(b.Add("Gemm", "third", [second, Weights("w3", 256, 1)]));
        return b.Build();
    }

    private sealed class Listener(Action<QuantiseProgress> hear) : IProgress<QuantiseProgress>
    {
        public void Report(QuantiseProgress value) => hear(value);
    }
}
