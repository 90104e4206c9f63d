using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Equalisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Compile.Tests.Quantisation.Equalisation;

public sealed class CrossLayerEqualisationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_network_computes_the_same_afterwards(int seed)
    {
        Network network = Mixed(seed);
        (Network equalised, int pairs) = CrossLayerEqualisation.Run(network, QuantisationPlan.Of(network))!.Value;
        pairs.ShouldBe(6);
        IReadOnlyDictionary<string, Tensor> sample = SampleSet.Random(network, 1, seed).Inputs[0];
        IReadOnlyDictionary<string, Tensor> wanted = ReferenceExecutor.Run(network, sample);
        IReadOnlyDictionary<string, Tensor> got = ReferenceExecutor.Run(equalised, sample);
        float[] outputs = wanted["y"].Elements<float>();
        got["y"].Elements<float>().ShouldBe(outputs, outputs.Max(Math.Abs) * 1e-5);
        equalised.Constants["last.w"].Elements<float>().ShouldBe(network.Constants["last.w"].Elements<float>());
        equalised.Constants["first.w_equalised"].Elements<float>().ShouldNotBe(network.Constants["first.w"].Elements<float>());
        equalised.Constants.ShouldNotContainKey("first.w");
    }

    [Fact]
    public void A_pair_that_is_almost_alike_keeps_what_it_computes_when_its_neighbour_is_scaled()
    {
        NetworkBuilder builder = new ChainNetwork(1).Builder;
        string x = builder.Input("x", 1, 1, 1, 1);
        string Layer(string name, string from, int inputs, params float[] weights) => builder.Add(
            "Conv", name, [from, builder.Constant($"{name}.w", Tensor.Of(Shape.Of(weights.Length / inputs, inputs, 1, 1), weights))]);
        builder.Output(Layer("last", Layer("middle", Layer("first", x, 1, 1.0009f), 1, 1, 0.01f), 2, 1, 100));
        Network network = builder.Build();
        (Network equalised, int pairs) = CrossLayerEqualisation.Run(network, QuantisationPlan.Of(network))!.Value;
        pairs.ShouldBe(1);
        var sample = new Dictionary<string, Tensor> { ["x"] = Tensor.Of(Shape.Of(1, 1, 1, 1), [1f]) };
        ReferenceExecutor.Run(equalised, sample).Values.Single().Elements<float>()[0].ShouldBe(2 * 1.0009f, 1e-5f);
    }

    [Fact]
    public void Two_layers_get_the_geometric_mean_of_their_ranges()
    {
        // Ranges of the channel between are 8 and 3 in the first layer, 2 and 12 in the second: 4 and 6 in both afterwards.
        (Tensor first, Tensor bias, Tensor second) = Pair([8, -1, 0.5f, 3], [16, 30], [2, 12, -1, 4], "Relu");
        first.Elements<float>().ShouldBe([4, -0.5f, 1, 6], 1e-5);
        bias.Elements<float>().ShouldBe([8, 60], 1e-4);
        second.Elements<float>().ShouldBe([4, 6, -2, 2], 1e-5);
    }

    [Fact]
    public void A_channel_of_zeros_stays_as_it_is()
    {
        (Tensor first, Tensor bias, Tensor second) = Pair([0, 0, 8, 4], [5, 4], [7, 2, 0, 0], "LeakyRelu");
        first.Elements<float>().ShouldBe([0, 0, 4, 2], 1e-5);
        bias.Elements<float>().ShouldBe([5, 2], 1e-5);
        second.Elements<float>().ShouldBe([7, 4, 0, 0], 1e-5);
    }

    [Fact]
    public void A_factor_has_a_bound()
    {
        (Tensor first, Tensor bias, Tensor second) = Pair([1e-12f, 0, 1, 0], [2, 3], [1, 1, 0, 0], "Relu");
        first.Elements<float>()[0].ShouldBe(1e-8f, 1e-12);
        bias.Elements<float>().ShouldBe([2e4f, 3], 0.1);
        second.Elements<float>()[0].ShouldBe(1e-4f, 1e-9);
    }

    [Fact]
    public void Three_layers_around_a_depthwise_one_get_the_cube_root_of_their_product()
    {
        var chain = new ChainNetwork(5);
        string x = chain.Builder.Input("x", 1, 2, 4, 4);
        string made = chain.Builder.Add("Relu", "between", [chain.Convolution("first", x, 2, 6, factor: channel => MathF.Pow(3, channel))]);
        string deep = chain.Builder.Add("Relu", "between2", [chain.Convolution("deep", made, 6, 6, groups: 6, factor: channel => 5 - channel)]);
        chain.Builder.Output(chain.Convolution("last", deep, 6, 3, 1));
        Network network = chain.Builder.Build();
        (Network equalised, int pairs) = CrossLayerEqualisation.Run(network, QuantisationPlan.Of(network))!.Value;
        pairs.ShouldBe(2);
        for (int channel = 0; channel < 5; channel++)
        {
            double product = Range(network, "first.w", channel, 18) * Range(network, "deep.w", channel, 9) * LastRange(network, "last.w", channel);
            double root = Math.Cbrt(product);
            Range(equalised, "first.w_equalised", channel, 18).ShouldBe(root, root * 0.01);
            Range(equalised, "deep.w_equalised", channel, 9).ShouldBe(root, root * 0.01);
            LastRange(equalised, "last.w_equalised", channel).ShouldBe(root, root * 0.01);
        }

        // The depthwise layer's last channel is nothing: both others keep their weights.
        Range(equalised, "first.w_equalised", 5, 18).ShouldBe(Range(network, "first.w", 5, 18), 1e-4);
        LastRange(equalised, "last.w_equalised", 5).ShouldBe(LastRange(network, "last.w", 5), 1e-6);
    }

    [Theory]
    [InlineData("Relu", 1)]
    [InlineData("LeakyRelu", 1)]
    [InlineData("none", 1)]
    [InlineData("Sigmoid", 0)]
    [InlineData("Clip", 0)]
    [InlineData("two readers", 0)]
    [InlineData("an output", 0)]
    [InlineData("shared weights", 0)]
    [InlineData("excluded", 0)]
    public void Only_what_keeps_multiples_may_lie_between(string between, int pairs)
    {
        var chain = new ChainNetwork(6);
        string x = chain.Builder.Input("x", 1, 4, 4, 4);
        string first = chain.Convolution("first", x, 4, 4, factor: channel => channel + 1);
        string value = between switch
        {
            "Relu" or "LeakyRelu" or "Sigmoid" => chain.Builder.Add(between, "between", [first]),
            "Clip" => chain.Builder.Add(
                "Clip", "between", [first, chain.Builder.Constant("low", Tensor.Scalar(0f)), chain.Builder.Constant("high", Tensor.Scalar(6f))]),
            _ => first,
        };
        string second = chain.Convolution("second", value, 4, 4);
        chain.Builder.Output(second);
        if (between is "two readers" or "shared weights")
        {
            chain.Builder.Output(between == "two readers" ? chain.Builder.Add("Sigmoid", "other", [value])
                : chain.Builder.Add("Conv", "other", [x, "second.w"], ("pads", new long[] { 1, 1, 1, 1 })));
        }

        if (between == "an output")
        {
            chain.Builder.Output(value);
        }

        Network network = chain.Builder.Build();
        var floats = new Dictionary<string, string>();
        if (between == "excluded")
        {
            floats.Add(network.Nodes.Single(node => node.Outputs[0] == second).Name, "it is excluded");
        }

        (CrossLayerEqualisation.Run(network, QuantisationPlan.Of(network, floats))?.Pairs ?? 0).ShouldBe(pairs);
    }

    // Convolutions, grouped and depthwise, over pools and rectifiers; then matrix products stored both ways.
    private static Network Mixed(int seed)
    {
        var chain = new ChainNetwork(seed);
        string Relu(string value) => chain.Builder.Add("Relu", $"{value}.relu", [value]);
        string x = chain.Builder.Input("x", 1, 3, 8, 8);
        string first = Relu(chain.Convolution("first", x, 3, 8, factor: channel => MathF.Pow(3, channel % 5)));
        string pooled = chain.Builder.Add("MaxPool", "pooled", [first], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        string deep = chain.Builder.Add(
            "LeakyRelu", "leaky", [chain.Convolution("deep", pooled, 8, 16, groups: 8, factor: channel => channel + 1)], ("alpha", 0.3f));
        string grouped = chain.Convolution("grouped", deep, 16, 12, groups: 4, factor: channel => MathF.Pow(2, -channel));
        string average = chain.Builder.Add("GlobalAveragePool", "average", [Relu(chain.Convolution("narrow", grouped, 12, 6, 1))]);
        string small = chain.Convolution("small", average, 6, 6, 1);
        string flat = chain.Builder.Add("Flatten", "flat", [small]);
        string dense = Relu(chain.Gemm("dense", flat, 6, 10, transposed: true));
        string wide = chain.Gemm("wide", dense, 10, 9, transposed: false);
        string soft = chain.Builder.Add("Sigmoid", "soft", [wide]);
        chain.Builder.Output(chain.Builder.Add("Identity", "y", [chain.Gemm("last", soft, 9, 5, transposed: true)]));
        return chain.Builder.Build();
    }

    private static (Tensor First, Tensor Bias, Tensor Second) Pair(float[] first, float[] bias, float[] second, string between)
    {
        var chain = new ChainNetwork(1);
        string x = chain.Builder.Input("x", 1, 2, 3, 3);
        string Weights(string name, float[] numbers) => chain.Builder.Constant(name, Tensor.Of(Shape.Of(2, 2, 1, 1), numbers));
        string made = chain.Builder.Add("Conv", "made", [x, Weights("v", first), chain.Builder.Constant("b", Tensor.Vector(bias))]);
        chain.Builder.Output(chain.Builder.Add("Conv", "y", [chain.Builder.Add(between, "between", [made]), Weights("w", second)]));
        Network network = chain.Builder.Build();
        Network equalised = CrossLayerEqualisation.Run(network, QuantisationPlan.Of(network))!.Value.Network;
        return (equalised.Constants["v_equalised"], equalised.Constants["b_equalised"], equalised.Constants["w_equalised"]);
    }

    private static double Range(Network network, string weights, int channel, int size) =>
        network.Constants[weights].Elements<float>().AsSpan(channel * size, size).ToArray().Max(Math.Abs);

    private static double LastRange(Network network, string weights, int channel) =>
        network.Constants[weights].Elements<float>().Where((_, i) => i % 6 == channel).Max(Math.Abs);
}
