using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph.Building;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Reference;
using Xunit.Abstractions;

namespace Attune.Compile.Tests.Quantisation;

public sealed class BiasCorrectionTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Averages_of_channels_over_the_samples_are_those_of_floats(bool biased)
    {
        Network network = Layer(biased);
        IReadOnlyDictionary<string, Tensor>[] samples = [.. SampleSet.Random(network, 6, 1).Inputs.Select(sample => Positive(sample["x"]))];
        double plain = LargestShift(network, samples, correct: false);
        double corrected = LargestShift(network, samples, correct: true);
        log.WriteLine($"{plain} {corrected}");

        // A bias is a whole number of steps of the input's scale times the weights' one: about 1/255 times 1/127 here, of which rounding leaves half.
        corrected.ShouldBeLessThan(0.5 / 127 / 255 * 1.1);
        plain.ShouldBeGreaterThan(5 * corrected);
    }

    [Fact]
    public void Nothing_runs_where_no_layer_can_have_a_bias()
    {
        var b = new NetworkBuilder("product", 13);
        b.Output(b.Add("MatMul", "y", [b.Input("x", 2, 4), b.Constant("w", Tensor.Of(Shape.Of(4, 2), new[] { 1f, -2, 3, 4, -5, 6, 7, 8 }))]));
        Network network = b.Build();
        var plan = QuantisationPlan.Of(network);
        Dictionary<string, ValueRange> ranges = plan.Values.ToDictionary(value => value, _ => new ValueRange(-1, 1));
        int counted = 0;

        // Without its input a sample cannot run.
        Dictionary<string, Tensor>[] samples = [[], [], []];
        BiasCorrection.Run(new ConversionInsertion(network, plan, 13, ranges), samples, 1, () => counted++, CancellationToken.None).ShouldBeEmpty();
        counted.ShouldBe(BiasCorrection.RunsOf(3));
    }

    [Theory]
    [InlineData("squeezenet_v1.1")]
    [InlineData("mobilenet_v2")]
    [InlineData("resnet18")]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Networks_of_the_zoo_are_nearer_to_floats_with_it(string name)
    {
        Network network = ModelZoo.Create(name);
        double Error(bool correct) => new QuantiseSession(network, new QuantiserOptions { Threads = 2, CorrectBias = correct })
            .Run(SampleSet.Random(network, 5, 1)).Value!.Cost.RelativeError;
        (double with, double without) = (Error(true), Error(false));
        log.WriteLine($"{name}: {without} -> {with}");
        with.ShouldBeLessThan(without);
    }

    /// <summary>The largest difference of a channel's average over all samples between floats and bytes.</summary>
    private static double LargestShift(Network network, IReadOnlyDictionary<string, Tensor>[] samples, bool correct)
    {
        Network bytes = NetworkQuantiser.Quantise(network, samples, new QuantiserOptions { CorrectBias = correct }).Value!.Network;
        const int channels = 6;
        const int pixels = 25;
        var sums = new double[channels];
        foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
        {
            float[] wanted = ReferenceExecutor.Run(network, sample)["y"].Elements<float>();
            float[] got = ReferenceExecutor.Run(bytes, sample)["y"].Elements<float>();
            for (int i = 0; i < wanted.Length; i++)
            {
                sums[i / pixels] += (double)wanted[i] - got[i];
            }
        }

        return sums.Max(sum => Math.Abs(sum) / (pixels * samples.Length));
    }

    // As behind a rectifier: averages that are not zero are what rounded weights shift.
    private static Dictionary<string, Tensor> Positive(Tensor x) => new() { ["x"] = Tensor.Of(x.Shape, Array.ConvertAll(x.Elements<float>(), Math.Abs)) };

    private static Network Layer(bool biased)
    {
        var random = new Random(2);
        var b = new NetworkBuilder("layer", 13);
        string Weights(string name, params long[] extents)
        {
            var shape = Shape.Of(extents);
            return b.Constant(name, Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 2) - 1)]));
        }

        string[] operands = [b.Input("x", 1, 16, 5, 5), Weights("w", 6, 16, 3, 3)];
        b.Output(b.Add("Conv", "y", biased ? [.. operands, Weights("b", 6)] : operands, ("pads", new long[] { 1, 1, 1, 1 })));
        return b.Build();
    }
}
