using Attune.Compile.LowRank;
using Attune.Kernels;
using Attune.Reference;
using Attune.Runtime.Tests;
using MathNet.Numerics.LinearAlgebra;
using Xunit.Abstractions;

namespace Attune.Compile.Tests.LowRank;

public sealed class WeightedFormsTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(LowRankSplit.Channels, 3, 1)]
    [InlineData(LowRankSplit.Channels, 3, 2)]
    [InlineData(LowRankSplit.Separable, 3, 1)]
    [InlineData(LowRankSplit.Separable, 5, 1)]
    [InlineData(LowRankSplit.Channels, 1, 1)]
    public void Convolutions_of_correlated_channels_change_less(LowRankSplit split, int kernel, int groups)
    {
        var sketch = new NetworkSketch(kernel);
        string x = sketch.Input("x", 1, 64, 9, 8);
        long pad = kernel / 2;
        Attributes attributes = Attributes.None.With("kernel_shape", new[] { (long)kernel, kernel }).With("strides", new[] { 1L, 2L })
            .With("dilations", new[] { 1L, 1L }).With("pads", new[] { pad, pad, pad, pad }).With("group", (long)groups)
            .With(FusedOperators.Activation, "relu");
        string weights = sketch.Constant("w", 64, 64 / groups, kernel, kernel);
        Network network = sketch.Finish(sketch.Node(
            FusedOperators.Convolution, [x, weights, sketch.Constant("b", 64), string.Empty], [1, 64, 9, 4], attributes, 1));
        Compare(network, Correlated(Shape.Of(1, 64, 9, 8), 24, inner: 72), split);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Products_of_correlated_rows_change_less(int transposed)
    {
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 20, 64);
        Attributes attributes = Attributes.None.With("transB", (long)transposed).With(FusedOperators.Activation, "none");
        string weights = transposed == 1 ? sketch.Constant("w", 96, 64) : sketch.Constant("w", 64, 96);
        Network network = sketch.Finish(sketch.Node(FusedOperators.Dense, [x, weights, sketch.Constant("b", 96), string.Empty], [20, 96], attributes, 1));
        Compare(network, Correlated(Shape.Of(20, 64), 24, inner: 1), LowRankSplit.Auto);
    }

    [Fact]
    public void White_inputs_change_nothing()
    {
        // Every channel alone, once: their second moments are a multiple of the unit matrix.
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 64, 64);

        // Of weights whose singular values fall, both ways find the same space; of others each finds nearly the best one.
        float[] falling = BlockedProduct.Of(
            sketch.Random(Shape.Of(64, 64)).Elements<float>(),
            [.. sketch.Random(Shape.Of(64, 96)).Elements<float>().Select((number, i) => number * MathF.Pow(0.8f, i / 96))],
            64,
            64,
            96);
        string weights = sketch.Constant("w", Tensor.Of(Shape.Of(64, 96), falling));
        Network network = sketch.Finish(sketch.Node(
            FusedOperators.Dense,
            [x, weights, string.Empty, string.Empty],
            [64, 96],
            Attributes.None.With("transB", 0L).With(FusedOperators.Activation, "none"),
            1));
        var unit = new float[64 * 64];
        for (int i = 0; i < 64; i++)
        {
            unit[i * 65] = 3;
        }

        var inputs = new TypicalInputs([new Dictionary<string, Tensor> { ["x"] = Tensor.Of(Shape.Of(64, 64), unit) }], 1);
        LowRankLayer weighted = Forms(network, [0.5], LowRankSplit.Auto, inputs).Layers.ShouldHaveSingleItem();
        LowRankLayer plain = Forms(network, [0.5], LowRankSplit.Auto, null).Layers.ShouldHaveSingleItem();
        plain.OutputError.ShouldBeNull();
        weighted.Rank.ShouldBe(plain.Rank);
        weighted.RelativeError.ShouldBe(plain.RelativeError, 2e-3);
        weighted.OutputError!.Value.ShouldBe(plain.RelativeError, 2e-3);
    }

    [Fact]
    public void The_error_is_that_of_the_truncated_decomposition_of_whitened_weights()
    {
        // By the definition, with another program: C = L L^T and the singular values of L^T W beyond the rank.
        const int rows = 48;
        const int columns = 40;
        const int rank = 16;
        const int count = 1000;
        var random = new Random(2);
        Matrix<double> mixing = Matrix<double>.Build.Dense(rows, rows, (i, j) => Math.Pow(0.85, j) * ((random.NextDouble() * 2) - 1));
        Matrix<double> inputs = Matrix<double>.Build.Dense(count, rows, (_, _) => (random.NextDouble() * 2) - 1) * mixing.Transpose();
        Matrix<double> weights = Matrix<double>.Build.Dense(rows, columns, (_, _) => (random.NextDouble() * 2) - 1);
        Matrix<double> moments = inputs.Transpose() * inputs;
        double[] singular = [.. (moments.Cholesky().Factor.Transpose() * weights).Svd().S];
        double best = Math.Sqrt(singular.Skip(rank).Sum(s => s * s) / singular.Sum(s => s * s));

        float[] matrix = Rows(weights);
        (RankFactors factors, int enough) = WeightedFactors.Of(matrix, rows, columns, rank, Rows(weights.Transpose() * moments * weights), count);
        Matrix<double> product = Matrix<double>.Build.Dense(rows, rank, (i, j) => factors.Left[(i * rank) + j])
            * Matrix<double>.Build.Dense(rank, columns, (i, j) => factors.Right[(i * columns) + j]);
        double error = (inputs * (weights - product)).FrobeniusNorm() / (inputs * weights).FrobeniusNorm();
        log.WriteLine($"{best} {error} {factors.OutputError}");
        error.ShouldBeInRange(best - 1e-6, (best * 1.05) + 1e-3);
        factors.OutputError!.Value.ShouldBe(error, 2e-3);
        factors.RelativeError.ShouldBe((weights - product).FrobeniusNorm() / weights.FrobeniusNorm(), 2e-3);
        enough.ShouldBe(rank);
    }

    [Fact]
    public void Fewer_channels_where_inputs_need_no_more()
    {
        // Inputs of eight directions: sixteen channels keep all of what they make, whatever the share allows.
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 400, 128);
        string weights = sketch.Constant("w", 128, 128);
        Network network = sketch.Finish(sketch.Node(
            FusedOperators.Dense,
            [x, weights, string.Empty, string.Empty],
            [400, 128],
            Attributes.None.With("transB", 0L).With(FusedOperators.Activation, "none"),
            1));
        TypicalInputs inputs = Correlated(Shape.Of(400, 128), 8, inner: 1, noise: 0);
        LowRankNetwork low = Forms(network, [0.9, 0.5, 0.25], LowRankSplit.Auto, inputs);
        LowRankLayer layer = low.Layers.ShouldHaveSingleItem();
        layer.Rank.ShouldBe(LowRankForms.RankStep);
        layer.MacShare.ShouldBe(0.25, 1e-9);
        layer.OutputError!.Value.ShouldBeLessThan(0.005);
        OutputError(network, low, inputs).ShouldBeLessThan(0.005);
    }

    private void Compare(Network network, TypicalInputs inputs, LowRankSplit split)
    {
        LowRankNetwork plain = Forms(network, [0.5], split, null);
        LowRankNetwork weighted = Forms(network, [0.5], split, inputs);
        weighted.Layers[0].Rank.ShouldBe(plain.Layers[0].Rank);
        (double without, double with) = (OutputError(network, plain, inputs), OutputError(network, weighted, inputs));
        log.WriteLine($"rank {plain.Layers[0].Rank}: {without} -> {with}, told {weighted.Layers[0].OutputError}, weights {weighted.Layers[0].RelativeError}");
        with.ShouldBeLessThan(without * 0.9);
        weighted.Layers[0].RelativeError.ShouldBeGreaterThan(plain.Layers[0].RelativeError);
    }

    private static LowRankNetwork Forms(Network network, double[] shares, LowRankSplit split, TypicalInputs? inputs) =>
        LowRankForms.AddBeside(network, shares, split, 1, inputs, null, CancellationToken.None);

    /// <summary>Error of the layer's products on the inputs, by the reference kernels.</summary>
    private static double OutputError(Network network, LowRankNetwork low, TypicalInputs inputs)
    {
        // What comes after the product, bias and activation, is taken away: they are no part of what is minimised.
        Network Bare(Network of) => of with
        {
            Nodes = [.. of.Nodes.Select(node => node with
            {
                Inputs = [.. node.Inputs.Take(2)], Attributes = node.Attributes.With(FusedOperators.Activation, "none"),
            })],
        };
        string y = network.Outputs[0].Name;
        Node last = low.Network.Nodes[^1];
        Network form = low.Network with
        {
            Nodes = [.. low.Network.Nodes.Where(node => LayerAlternatives.FormOf(node) == 1).Select(node => node == last ? node with { Outputs = [y] } : node)],
        };
        (double difference, double size) = (0, 0);
        foreach (IReadOnlyDictionary<string, Tensor> sample in inputs.Samples)
        {
            float[] wanted = ReferenceExecutor.Run(Bare(network), sample)[y].Elements<float>();
            float[] got = ReferenceExecutor.Run(Bare(form), sample)[y].Elements<float>();
            difference += wanted.Zip(got, (one, other) => ((double)one - other) * (one - other)).Sum();
            size += wanted.Sum(number => (double)number * number);
        }

        return Math.Sqrt(difference / size);
    }

    /// <summary>Inputs whose channels are mixed from a few sources, and a little noise.</summary>
    private static TypicalInputs Correlated(Shape shape, int sources, int inner, float noise = 0.1f)
    {
        var random = new Random(9);
        float Number() => (random.NextSingle() * 2) - 1;
        int channels = inner == 1 ? shape[-1] : shape[1];
        float[] mixing = [.. Enumerable.Range(0, channels * sources).Select(i => Number() * MathF.Pow(0.8f, i % sources))];
        int outer = (int)(shape.Count / channels / inner);
        Dictionary<string, Tensor> Sample()
        {
            var numbers = new float[shape.Count];
            for (int position = 0; position < outer * inner; position++)
            {
                float[] source = [.. Enumerable.Range(0, sources).Select(_ => Number())];
                for (int channel = 0; channel < channels; channel++)
                {
                    float sum = noise * Number();
                    for (int k = 0; k < sources; k++)
                    {
                        sum += mixing[(channel * sources) + k] * source[k];
                    }

                    numbers[(((position / inner * channels) + channel) * inner) + (position % inner)] = sum;
                }
            }

            return new Dictionary<string, Tensor> { ["x"] = Tensor.Of(shape, numbers) };
        }

        return new TypicalInputs([.. Enumerable.Range(0, 12).Select(_ => Sample())], 1);
    }

    private static float[] Rows(Matrix<double> matrix) => [.. matrix.Transpose().ToColumnMajorArray().Select(number => (float)number)];
}
