using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Compile.Tests.Quantisation;

public sealed class QuantiseSessionTests
{
    [Fact]
    public void The_cost_is_that_of_the_reference_kernels_on_the_samples_held_out()
    {
        Network network = Perceptron();
        SampleSet samples = SampleSet.Random(network, 10, 1);
        QuantiseOutcome outcome = new QuantiseSession(network).Run(samples with { Labels = [.. Enumerable.Range(0, 20).Select(i => i % 3)] }).Value!;
        (outcome.Calibrated, outcome.IsHeldOut, outcome.Cost.Samples, outcome.Cost.Answers).ShouldBe((8, true, 2, 4));
        outcome.Quantised.Layers.ShouldBe(2);
        outcome.Quantised.Kept.ShouldBeEmpty();
        outcome.BytesBefore.ShouldBe(4 * ((8 * 32) + 32 + (32 * 3) + 3));

        // Weights; for each output channel a scale, a zero point, a bias and its unit; for each activation a scale and a zero point.
        outcome.BytesAfter.ShouldBe((8 * 32) + (32 * 3) + (35 * (4 + 1 + 4 + 4)) + (2 * 5));

        double difference = 0;
        double size = 0;
        int agreeing = 0;
        int right = 0;
        foreach (int sample in new[] { 4, 9 })
        {
            float[] before = ReferenceExecutor.Run(network, samples.Inputs[sample])["y"].Elements<float>();
            float[] after = ReferenceExecutor.Run(outcome.Quantised.Network, samples.Inputs[sample])["y"].Elements<float>();
            difference += before.Zip(after, (one, other) => Math.Pow(one - other, 2)).Sum();
            size += before.Sum(number => Math.Pow(number, 2));
            for (int row = 0; row < 2; row++)
            {
                int Largest(float[] numbers) => Enumerable.Range(0, 3).MaxBy(i => numbers[(row * 3) + i]);
                agreeing += Largest(before) == Largest(after) ? 1 : 0;
                right += Largest(before) == ((2 * sample) + row) % 3 ? 1 : 0;
            }
        }

        outcome.Cost.Outputs.ShouldHaveSingleItem().Output.ShouldBe("y");
        outcome.Cost.RelativeError.ShouldBe(Math.Sqrt(difference / size), 0.05 * Math.Sqrt(difference / size));
        outcome.Cost.RelativeError.ShouldBeInRange(1e-4, 0.05);
        outcome.Cost.Agreement.ShouldBe(agreeing / 4.0);
        outcome.Cost.FloatAccuracy.ShouldBe(right / 4.0);
    }

    [Fact]
    public void Nodes_that_are_excluded_stay_in_floats_and_are_told()
    {
        Network network = Perceptron();
        QuantiseOutcome outcome = new QuantiseSession(network, new QuantiserOptions { Excluded = ["second"] }).Run(SampleSet.Random(network, 3, 1)).Value!;
        outcome.Quantised.Layers.ShouldBe(1);
        outcome.Quantised.Kept.ShouldHaveSingleItem().ShouldBe(new("second", "it is excluded"));
        Node second = outcome.Quantised.Network.Nodes.Single(node => node.Name == "second");
        outcome.Quantised.Network.Constants[second.Inputs[1]].Element.ShouldBe(DataType.Float32);

        QuantiseError error = new QuantiseSession(network, new QuantiserOptions { Excluded = ["secnd"] }).Run(SampleSet.Random(network, 3, 1)).Error!;
        error.Message.ShouldBe("Network 'perceptron' has no layer 'secnd' that could be on bytes. Did you mean 'second'?");
        error.Next.ShouldContain("first, second");
        new QuantiseSession(network, new QuantiserOptions { Excluded = ["first", "second"] }).Run(SampleSet.Random(network, 3, 1)).Error!.Message.ShouldBe(
            "All 2 layers of network 'perceptron' are excluded.");
    }

    [Fact]
    public void Layers_that_cannot_be_on_bytes_are_told_with_the_reason()
    {
        var b = new NetworkBuilder("mixed", 13);
        string x = b.Input("x", 4, 4);
        string y = b.Add("MatMul", "weighted", [x, Random(b, "w", 4, 4)]);
        string z = b.Add("MatMul", "squared", [y, y]);
        b.Output(b.Add("MatMul", "left", [Random(b, "v", 4, 4), z]));
        QuantiseOutcome outcome = new QuantiseSession(b.Build()).Run(SampleSet.Random(b.Build(), 2, 1)).Value!;
        outcome.Quantised.Kept.ShouldBe([new("squared", "both of its operands are computed"), new("left", "its constant operand is the left one")]);
    }

    [Fact]
    public void A_single_sample_and_random_numbers_are_warned_of()
    {
        Network network = Perceptron();
        QuantiseOutcome outcome = new QuantiseSession(network).Run(SampleSet.Random(network, 1, 1)).Value!;
        (outcome.Calibrated, outcome.IsHeldOut).ShouldBe((1, false));
        outcome.Warnings.Length.ShouldBe(2);
        outcome.Warnings[0].ShouldContain("random numbers");
        outcome.Warnings[1].ShouldContain("one sample only");
    }

    [Fact]
    public void Progress_counts_every_run_and_stopping_ends_between_two()
    {
        Network network = Perceptron();
        var seen = new List<QuantiseProgress>();
        using var stop = new CancellationTokenSource();
        var session = new QuantiseSession(network, new QuantiserOptions { Method = CalibrationMethod.MeanSquareError });
        session.Run(SampleSet.Random(network, 10, 1), new Listener(seen.Add)).Succeeded.ShouldBeTrue();
        seen[^1].Done.ShouldBe(seen[^1].Total);

        // Eight samples calibrate, twice for ranges and once for biases, as they are and equalised; three networks on them are compared, two on the others.
        seen[^1].Total.ShouldBe((2 * ((2 * 8) + 8)) + (3 * 8) + 2 + 2);
        seen[^1].Left.ShouldBe(TimeSpan.Zero);
        seen[0].Left.ShouldBeNull();

        int runs = 0;
        var listener = new Listener(at =>
        {
            runs = at.Done;
            if (runs == 3)
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => session.Run(SampleSet.Random(network, 10, 1), listener, stop.Token));
        runs.ShouldBe(3);
    }

    [Theory]
    [InlineData(new long[] { 1, 1000 }, 1)]
    [InlineData(new long[] { 4, 1000, 1, 1 }, 4)]
    [InlineData(new long[] { 2, 5, 7 }, 10)]
    [InlineData(new long[] { 9 }, 1)]
    [InlineData(new long[] { 8, 1 }, null)]
    [InlineData(new long[] { 1, 3, 64, 64 }, null)]
    public void Answers_are_rows_of_choices(long[] extents, int? count) =>
        Answers.CountOf(new TensorType(DataType.Float32, Shape.Of(extents))).ShouldBe(count);

    [Theory]
    [InlineData("squeezenet_v1.1")]
    [InlineData("mobilenet_v2")]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Networks_of_the_zoo_lose_little(string name)
    {
        Network network = ModelZoo.Create(name);
        QuantiseOutcome outcome = new QuantiseSession(network, new QuantiserOptions { Threads = 2 }).Run(SampleSet.Random(network, 4, 1)).Value!;
        outcome.Quantised.Kept.ShouldBeEmpty();
        outcome.Cost.RelativeError.ShouldBeInRange(1e-4, 0.2);
        ((double)outcome.BytesBefore / outcome.BytesAfter).ShouldBeInRange(3.5, 4);
        NetworkVerifier.Verify(outcome.Quantised.Network).ShouldBeEmpty();
    }

    private static Network Perceptron()
    {
        var b = new NetworkBuilder("perceptron", 13);
        string hidden = b.Add("Relu", "relu", [b.Add("Gemm", "first", [b.Input("x", 2, 8), Random(b, "w1", 8, 32), Random(b, "b1", 32)])]);
        b.Add("Gemm", "second", [hidden, Random(b, "w2", 32, 3), Random(b, "b2", 3)], ["y"]);
        b.Output("y");
        return b.Build();
    }

    private static string Random(NetworkBuilder b, string name, params long[] extents)
    {
        var random = new Random(name.Sum(letter => letter));
        var shape = Shape.Of(extents);
        return b.Constant(name, Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 2) - 1)]));
    }

    private sealed class Listener(Action<QuantiseProgress> hear) : IProgress<QuantiseProgress>
    {
        public void Report(QuantiseProgress value) => hear(value);
    }
}
