using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Compile.Tests.Quantisation;

public sealed class AccuracyBudgetTests
{
    [Fact]
    public void The_layer_that_costs_most_stays_in_floats_and_no_other()
    {
        Network network = WithOutlier(classes: 8);
        SampleSet samples = SampleSet.Random(network, 25, 1);
        new QuantiseSession(network).Run(samples).Value!.Cost.Loss.ShouldBeGreaterThan(0.2);

        QuantiseOutcome outcome = new QuantiseSession(network) { AllowedLoss = 0.1 }.Run(samples).Value!;
        outcome.Cost.Loss.ShouldBeLessThanOrEqualTo(0.1);
        outcome.Quantised.Layers.ShouldBe(2);
        outcome.Quantised.Kept.ShouldHaveSingleItem().Node.ShouldBe("second");
        outcome.Quantised.Kept[0].Reason.ShouldStartWith("on bytes it costs too much: an error of ");
        BudgetReport budget = outcome.Budget!;
        budget.Sensitivities.Select(layer => layer.Node).ShouldBe(["first", "second", "third"], ignoreOrder: true);
        budget.Sensitivities[0].Node.ShouldBe("second");
        budget.Sensitivities[0].RelativeError.ShouldBeGreaterThan(10 * budget.Sensitivities[1].RelativeError);
        budget.LossOfAll.ShouldBeGreaterThan(0.2);
        budget.Tried.ShouldBe(2);
    }

    [Fact]
    public void A_network_within_its_budget_has_no_layer_measured_alone()
    {
        Network network = WithOutlier(classes: 8);
        QuantiseOutcome outcome = new QuantiseSession(network) { AllowedLoss = 0.99 }.Run(SampleSet.Random(network, 10, 1)).Value!;
        outcome.Quantised.Kept.ShouldBeEmpty();
        outcome.Budget!.Sensitivities.ShouldBeEmpty();
        outcome.Budget.Tried.ShouldBe(1);
    }

    [Fact]
    public void A_budget_that_no_layer_on_bytes_keeps_is_told()
    {
        // One number is no answer, so that the error counts, and rounding always makes some.
        Network network = WithOutlier(classes: 1);
        QuantiseError error = new QuantiseSession(network) { AllowedLoss = 0 }.Run(SampleSet.Random(network, 10, 1)).Error!;
        error.Failure.ShouldBe(QuantiseFailure.Budget);
        error.Message.ShouldEndWith("0 % is allowed.");
        Should.Throw<ArgumentOutOfRangeException>(() => new QuantiseSession(network) { AllowedLoss = 1 }.Run(SampleSet.Random(network, 10, 1)));
    }

    [Fact]
    public void With_one_layer_nothing_is_measured_alone()
    {
        var b = new NetworkBuilder("one", 13);
        string w = b.Constant("w", Tensor.Of(Shape.Of(8, 1), new[] { 0.3f, -0.2f, 0.7f, 0.1f, -0.9f, 0.4f, 0.6f, -0.5f }));
        b.Output(b.Add("Gemm", "y", [b.Input("x", 4, 8), w]));
        SampleSet samples = SampleSet.Random(b.Build(), 10, 1);
        (int unbounded, int bounded) = (0, 0);
        new QuantiseSession(b.Build()).Run(samples, new Listener(at => unbounded = at.Total)).Succeeded.ShouldBeTrue();
        QuantiseError error = new QuantiseSession(b.Build()) { AllowedLoss = 0 }.Run(samples, new Listener(at => bounded = at.Total)).Error!;
        error.Failure.ShouldBe(QuantiseFailure.Budget);
        error.Message.ShouldMatch(@"^With its only layer on bytes \S+ % is lost; 0 % is allowed\.$");
        bounded.ShouldBe(unbounded);
    }

    [Fact]
    public void A_budget_below_one_answer_is_warned_of()
    {
        Network network = WithOutlier(classes: 8);
        QuantiseOutcome outcome = new QuantiseSession(network) { AllowedLoss = 0.01 }.Run(SampleSet.Random(network, 10, 1)).Value!;
        outcome.Cost.Loss.ShouldBe(0);
        outcome.Warnings.ShouldContain("One of 8 answers is 12.5 %, more than the 1 % that may be lost: none may. Give more samples.");
    }

    /// <summary>Three layers; the second reads a value a thousand times as large as all others, and ignores it.</summary>
    private static Network WithOutlier(int classes)
    {
        var random = new Random(9);
        var b = new NetworkBuilder("outlier", 13);
        string Weights(string name, int from, int to, Func<int, int, float> factor) => b.Constant(name, Tensor.Of(
            Shape.Of(from, to), Enumerable.Range(0, from * to).Select(i => ((random.NextSingle() * 2) - 1) * factor(i / to, i % to)).ToArray()));
        string x = b.Input("x", 4, 8);
        string first = b.Add("Gemm", "first", [x, Weights("w1", 8, 16, (_, to) => to == 0 ? 1000 : 1)], ["a"])[0];
        string second = b.Add("Gemm", "second", [b.Add("Relu", "ra", [first]), Weights("w2", 16, 16, (from, _) => from == 0 ? 0 : 1)], ["b"])[0];
        string third = b.Add("Gemm", "third", [b.Add("Relu", "rb", [second]), Weights("w3", 16, classes, (_, _) => 1)], ["y"])[0];
        b.Output(third);
        return b.Build();
    }

    private sealed class Listener(Action<QuantiseProgress> hear) : IProgress<QuantiseProgress>
    {
        public void Report(QuantiseProgress value) => hear(value);
    }
}
