using Attune.Kernels;
using static Attune.Graph.Tests.Reading.ContributedModel;

namespace Attune.Graph.Tests.Reading;

/// <summary>Activations, normalisations and products of ONNX Runtime's domain; values by loops over the definitions.</summary>
public sealed class ContributedOperatorTests
{
    private static readonly float[] X = Values(12, 1);
    private static readonly float[] Skip = Values(12, 2);
    private static readonly float[] Scale = Values(3, 3);
    private static readonly float[] Shift = Values(3, 4);
    private static readonly float[] Bias = Values(3, 5);

    [Fact]
    public void Activations_take_a_bias_before_them()
    {
        SmallModel model = New().Floats("x", [1, 4, 3], X).Weights("b", [3], Bias)
            .Op("FastGelu", "x", "f").Op("FastGelu", "x b", "fb").Op("QuickGelu", "x", "q", ("alpha", 1.5f)).Op("QuickGelu", "x", "q1")
            .Output("f", "fb", "q", "q1");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], Each(X, ByTanh));
        SmallModel.Near(results[1], Each(Sum(X, Bias), ByTanh));
        SmallModel.Near(results[2], Each(X, static x => x / (1 + Math.Exp(-1.5 * x))));
        SmallModel.Near(results[3], Each(X, static x => x / (1 + Math.Exp(-1.702 * x))));
    }

    [Fact]
    public void Gelu_is_x_times_the_normal_distribution()
    {
        // Values of the distribution at -2, 0 and 1, from a table.
        SmallModel model = New().Floats("x", [1, 3], -2, 0, 1).Floats("y", [1, 3], -3, -1, 0).Weights("b", [3], [1, 1, 1])
            .Op("Gelu", "x", "g").Op("BiasGelu", "y b", "gb").Output("g", "gb");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], -2 * 0.0227501f, 0, 0.8413447f);
        SmallModel.Near(results[1], -2 * 0.0227501f, 0, 0.8413447f);
    }

    [Fact]
    public void A_bias_and_what_is_skipped_are_added()
    {
        SmallModel model = New().Floats("x", [1, 4, 3], X).Floats("s", [1, 4, 3], Skip).Weights("b", [3], Bias).Op("BiasAdd", "x b s", "y").Output("y");

        SmallModel.Near(model.Run()[0], Sum(Sum(X, Bias), Skip));
    }

    [Theory]
    [InlineData("x s g", false, false)]
    [InlineData("x s g h", true, false)]
    [InlineData("x s g h b", true, true)]
    public void The_sum_with_what_is_skipped_is_normalised_and_is_a_result(string inputs, bool shifted, bool biased)
    {
        SmallModel model = Skipping().Op("SkipLayerNormalization", inputs, "y   sum", ("epsilon", 1e-3f)).Output("y", "sum");
        float[] sum = biased ? Sum(Sum(X, Skip), Bias) : Sum(X, Skip);

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], Normal(sum, Scale, shifted ? Shift : new float[3], 1e-3, centred: true));
        SmallModel.Near(results[1], sum);
    }

    [Fact]
    public void Without_means_the_root_of_the_mean_square_divides()
    {
        SmallModel model = Skipping().Op("SkipSimplifiedLayerNormalization", "x s g b", "y   sum", ("epsilon", 1e-3f))
            .Node("SimplifiedLayerNormalization", "x g", "z", ("epsilon", 1e-3f), ("axis", -1L), ("stash_type", 1L)).Output("y", "sum", "z");
        float[] sum = Sum(Sum(X, Skip), Bias);

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], Normal(sum, Scale, new float[3], 1e-3, centred: false));
        SmallModel.Near(results[1], sum);
        SmallModel.Near(results[2], Normal(X, Scale, new float[3], 1e-3, centred: false));
    }

    [Fact]
    public void A_layer_normalisation_may_be_of_a_set_before_onnx_had_it()
    {
        SmallModel model = Skipping(11).Node("LayerNormalization", "x g h", "y", ("epsilon", 1e-3f), ("axis", -1L)).Output("y");

        SmallModel.Near(model.Run()[0], Normal(X, Scale, Shift, 1e-3, centred: true));
    }

    [Fact]
    public void Statistics_as_results_are_refused_by_name()
    {
        UnreadableModel fault = Skipping().Op("SkipLayerNormalization", "x s g", "y mean").Output("y", "mean").Read().Error!;

        fault.ToString().ShouldContain("SkipLayerNormalization");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Embeddings_are_looked_up_added_and_normalised(bool placed)
    {
        float[] words = Values(15, 6);
        float[] places = Values(12, 7);
        float[] segments = Values(6, 8);
        int[] ids = [4, 0, 2, 1, 1, 3];
        int[] parts = [0, 0, 1, 0, 1, 1];
        int[] at = placed ? [3, 2, 1, 0, 1, 2] : [0, 1, 2, 0, 1, 2];
        SmallModel model = New().Whole("i", [2, 3], ids).Whole("p", [2, 3], parts).Whole("m", [2, 3], 1, 1, 0, 1, 0, 0).Whole("at", [2, 3], at)
            .Weights("w", [5, 3], words).Weights("t", [4, 3], places).Weights("u", [2, 3], segments).Weights("g", [3], Scale).Weights("h", [3], Shift)
            .Op("EmbedLayerNormalization", placed ? "i p w t u g h m at" : "i p w t u g h m", "y count sum", ("epsilon", 1e-3f)).Output("y", "count", "sum");
        float[] sum = [.. Enumerable.Range(0, 18).Select(i => words[(ids[i / 3] * 3) + (i % 3)] + places[(at[i / 3] * 3) + (i % 3)]
            + segments[(parts[i / 3] * 3) + (i % 3)])];

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], Normal(sum, Scale, Shift, 1e-3, centred: true));
        results[1].Elements<int>().ShouldBe([2, 1]);
        SmallModel.Near(results[2], sum);
    }

    [Fact]
    public void Factors_are_transposed_and_the_product_scaled()
    {
        float[] b = Values(20, 9);
        SmallModel model = New().Floats("a", [4, 3], X).Floats("b", [5, 4], b)
            .Op("FusedMatMul", "a b", "y", ("transA", 1L), ("transB", 1L), ("alpha", 0.5f)).Output("y");
        float[] expected = [.. Enumerable.Range(0, 15).Select(i =>
            0.5f * Enumerable.Range(0, 4).Sum(k => X[(k * 3) + (i / 5)] * b[((i % 5) * 4) + k]))];

        SmallModel.Near(model.Run()[0], expected);
    }

    [Fact]
    public void Convolutions_add_and_activate()
    {
        // A kernel of one pixel is a factor for each pair of channels.
        SmallModel model = New().Floats("x", [1, 1, 3, 4], X).Weights("w", [1, 1, 1, 1], [2]).Weights("b", [1], [-0.25f]).Floats("z", [1, 1, 3, 4], Skip)
            .Op("FusedConv", "x w b", "r", ("activation", "Relu")).Op("FusedConv", "x w b z", "z1", ("activation", "Relu"))
            .Op("FusedConv", "x w b", "l", ("activation", "LeakyRelu"), ("activation_params", new[] { 0.1f }))
            .Op("FusedConv", "x w b", "c", ("activation", "Clip"), ("activation_params", new[] { -0.5f, 1 }))
            .Op("FusedConv", "x w b", "h", ("activation", "HardSigmoid"), ("activation_params", new[] { 0.3f, 0.4f })).Output("r", "z1", "l", "c", "h");
        float[] plain = Each(X, static x => (2 * x) - 0.25);

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], Each(plain, static y => Math.Max(y, 0)));
        SmallModel.Near(results[1], Each(Sum(plain, Skip), static y => Math.Max(y, 0)));
        SmallModel.Near(results[2], Each(plain, static y => y < 0 ? 0.1 * y : y));
        SmallModel.Near(results[3], Each(plain, static y => Math.Clamp(y, -0.5, 1)));
        SmallModel.Near(results[4], Each(plain, static y => Math.Clamp((0.3 * y) + 0.4, 0, 1)));
    }

    [Fact]
    public void General_products_activate()
    {
        float[] b = Values(6, 9);
        SmallModel model = New().Floats("a", [4, 3], X).Weights("b", [3, 2], b).Weights("c", [2], [0.5f, -0.5f])
            .Op("FusedGemm", "a b c", "y", ("alpha", 2f), ("activation", "LeakyRelu"), ("activation_alpha", 0.1f)).Output("y");
        float[] plain = Product(Each(X, static x => 2 * x), b, [0.5f, -0.5f], 3);

        SmallModel.Near(model.Run()[0], Each(plain, static y => y < 0 ? 0.1 * y : y));
    }

    private static SmallModel Skipping(int opset = 14) => New(opset).Floats("x", [2, 2, 3], X).Floats("s", [2, 2, 3], Skip).Weights("g", [3], Scale)
        .Weights("h", [3], Shift).Weights("b", [3], Bias);

    private static double ByTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static float[] Each(float[] values, Func<double, double> function) => [.. values.Select(value => (float)function(value))];

    private static float[] Sum(float[] a, float[] b) => [.. a.Select((value, i) => value + b[i % b.Length])];

    private static float[] Normal(float[] values, float[] scale, float[] shift, double epsilon, bool centred)
    {
        int width = scale.Length;
        return [.. values.Chunk(width).SelectMany(row =>
        {
            double mean = centred ? row.Average() : 0;
            double root = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + epsilon);
            return row.Select((x, i) => (float)(((x - mean) / root * scale[i]) + shift[i]));
        })];
    }
}
