using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Equalisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Kernels;
using Attune.Reference;
using Xunit.Abstractions;

namespace Attune.Compile.Tests.Quantisation.Equalisation;

public sealed class EqualisedNetworkTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Channels_of_very_different_ranges_lose_less(bool correctBias)
    {
        // Ranges from 1 to 1000 that the layer behind takes back: the smallest channel has a quarter of a step of the scale that all share.
        Network network = Depthwise(channel => MathF.Pow(1000, channel / 15f), channel => MathF.Pow(1000, -channel / 15f));
        IReadOnlyDictionary<string, Tensor>[] samples = [.. SampleSet.Random(network, 4, 1).Inputs];
        double Error(bool equalise) => RelativeError(
            network, NetworkQuantiser.Quantise(network, samples, new QuantiserOptions { Equalise = equalise, CorrectBias = correctBias }).Value!, samples);
        (double with, double without) = (Error(true), Error(false));
        log.WriteLine($"{without} -> {with}");
        with.ShouldBeLessThan(without / 3);
    }

    [Fact]
    public void The_session_tells_what_it_did()
    {
        Network network = Depthwise(channel => MathF.Pow(1000, channel / 15f), channel => MathF.Pow(1000, -channel / 15f));
        var steps = new List<QuantiseProgress>();
        QuantiseOutcome outcome = new QuantiseSession(network, new QuantiserOptions { Threads = 2 })
            .Run(SampleSet.Random(network, 5, 1), new Steps(steps)).Value!;
        EqualisationReport report = outcome.Quantised.Equalisation!;
        report.Pairs.ShouldBe(2);
        report.IsKept.ShouldBeTrue();
        report.ErrorAfter.ShouldBeLessThan(report.ErrorBefore / 3);
        outcome.Cost.RelativeError.ShouldBeLessThan(report.ErrorBefore / 3);
        steps[^1].Done.ShouldBe(steps[^1].Total);
    }

    [Fact]
    public void What_makes_the_error_larger_is_left_out()
    {
        // All values between the layers are of one size, made from a small and a large input: alike weights would make them very different.
        var chain = new ChainNetwork(4);
        string x = chain.Builder.Input("x", 1, 2, 6, 6);
        Tensor Diagonal(float left, float right) => Tensor.Of(Shape.Of(2, 2, 1, 1), new[] { left, 0, 0, right });
        string made = chain.Builder.Add("Conv", "made", [x, chain.Builder.Constant("v", Diagonal(10_000, 1))]);
        chain.Builder.Output(chain.Builder.Add("Conv", "y", [chain.Builder.Add("Relu", "between", [made]), chain.Builder.Constant("w", Diagonal(1, 1))]));
        Network network = chain.Builder.Build();
        var random = new Random(3);
        IReadOnlyDictionary<string, Tensor>[] samples =
        [
            .. Enumerable.Range(0, 3).Select(_ => new Dictionary<string, Tensor>
            {
                ["x"] = Tensor.Of(Shape.Of(1, 2, 6, 6), [.. Enumerable.Range(0, 72).Select(i => random.NextSingle() * (i < 36 ? 1e-2f : 100))]),
            }),
        ];
        QuantisedNetwork plain = NetworkQuantiser.Quantise(network, samples, new QuantiserOptions { Equalise = false }).Value!;
        QuantisedNetwork tried = NetworkQuantiser.Quantise(network, samples).Value!;
        plain.Equalisation.ShouldBeNull();
        tried.Equalisation!.IsKept.ShouldBeFalse();
        tried.Equalisation.ErrorAfter.ShouldBeGreaterThan(tried.Equalisation.ErrorBefore);
        ReferenceExecutor.Run(tried.Network, samples[0])["y"].Elements<float>()
            .ShouldBe(ReferenceExecutor.Run(plain.Network, samples[0])["y"].Elements<float>());
    }

    [Fact]
    public void Nothing_is_said_where_there_is_no_pair_and_progress_is_complete()
    {
        var chain = new ChainNetwork(4);
        chain.Builder.Output(chain.Convolution("only", chain.Builder.Input("x", 1, 2, 6, 6), 2, 4));
        Network network = chain.Builder.Build();
        var steps = new List<QuantiseProgress>();
        QuantiseOutcome outcome = new QuantiseSession(network).Run(SampleSet.Random(network, 5, 1), new Steps(steps)).Value!;
        outcome.Quantised.Equalisation.ShouldBeNull();
        steps[^1].Done.ShouldBe(steps[^1].Total);
    }

    private static double RelativeError(Network network, QuantisedNetwork quantised, IReadOnlyDictionary<string, Tensor>[] samples)
    {
        (double difference, double size) = (0, 0);
        foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
        {
            float[] wanted = ReferenceExecutor.Run(network, sample)["y"].Elements<float>();
            float[] got = ReferenceExecutor.Run(quantised.Network, sample)["y"].Elements<float>();
            difference += wanted.Zip(got, (one, other) => ((double)one - other) * (one - other)).Sum();
            size += wanted.Sum(number => (double)number * number);
        }

        return Math.Sqrt(difference / size);
    }

    private static Network Depthwise(Func<int, float> first, Func<int, float> deep)
    {
        var chain = new ChainNetwork(7);
        string x = chain.Builder.Input("x", 1, 3, 12, 12);
        string made = chain.Builder.Add("Relu", "between", [chain.Convolution("first", x, 3, 16, factor: first)]);
        string taken = chain.Builder.Add("Relu", "between2", [chain.Convolution("deep", made, 16, 16, groups: 16, factor: deep)]);
        chain.Builder.Output(chain.Builder.Add("Identity", "y", [chain.Convolution("last", taken, 16, 8, 1)]));
        return chain.Builder.Build();
    }

    private sealed class Steps(List<QuantiseProgress> told) : IProgress<QuantiseProgress>
    {
        public void Report(QuantiseProgress value) => told.Add(value);
    }
}
