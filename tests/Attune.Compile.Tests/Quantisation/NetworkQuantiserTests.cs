using Attune.Compile.Quantisation;
using Attune.Devices;
using Attune.Graph;
using Attune.Graph.Building;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Compile.Tests.Quantisation;

public sealed class NetworkQuantiserTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_block_computes_on_bytes_and_gives_nearly_the_same()
    {
        Network network = Block();
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples = Samples(network, 3);
        foreach (CalibrationMethod method in Enum.GetValues<CalibrationMethod>())
        {
            QuantisedNetwork quantised = NetworkQuantiser.Quantise(network, samples, new QuantiserOptions { Method = method }).Value!;
            quantised.Layers.ShouldBe(4);
            NetworkVerifier.Verify(quantised.Network).ShouldBeEmpty();
            Operators(quantised.Network).ShouldBe(
                "Store Load Load Load Conv Relu Store Load Load Load Conv Store Load Load Load Conv Store Load Add Relu Store Load MaxPool Store Load "
                + "GlobalAveragePool Store Load Flatten Store Load Load Load Gemm");

            Network fused = PassPipeline.Default.Run(quantised.Network);
            Operators(fused).ShouldBe(
                "Store Load attune.Conv Store Load attune.Conv Store Load attune.Conv Store Load Add Store Load MaxPool Store Load GlobalAveragePool Store "
                + "Load Flatten Store Load attune.Dense");
            fused.Nodes.Where(node => node.Operator.StartsWith("attune", StringComparison.Ordinal))
                .ShouldAllBe(node => fused.TypeOf(node.Inputs[1]).Element == DataType.Int8);

            float[] wanted = ReferenceExecutor.Run(network, samples[0])["y"].Elements<float>();
            float[] got = ReferenceExecutor.Run(fused, samples[0])["y"].Elements<float>();
            double size = Math.Sqrt(wanted.Average(number => number * number));
            Math.Sqrt(wanted.Zip(got, (a, b) => (a - b) * (a - b)).Average()).ShouldBeLessThan(0.05 * size, method.ToString());
            got.ShouldNotBe(wanted);
        }
    }

    [Fact]
    public void The_written_file_is_read_again_as_the_same_network()
    {
        Network network = NetworkQuantiser.Quantise(Block(), Samples(Block(), 1)).Value!.Network;
        string path = Path.Combine(folder.Path, "block.onnx");
        OnnxWriter.Write(network, path);
        Network read = OnnxReader.Read(path).Value!.Network;
        read.Nodes.Select(node => node.ToString()).ShouldBe(network.Nodes.Select(node => node.ToString()));
        float[] got = ReferenceExecutor.Run(read, Samples(read, 1)[0])["y"].Elements<float>();
        got.ShouldBe(ReferenceExecutor.Run(network, Samples(network, 1)[0])["y"].Elements<float>());
    }

    [Fact]
    public void Parts_that_are_joined_and_what_moves_share_their_parameters()
    {
        var b = new NetworkBuilder("joined", 13);
        string x = b.Input("x", 1, 3, 6, 6);
        string left = b.Add("Relu", "left.relu", [Convolution(b, "left", x, 3, 4, 1)]);
        string right = Convolution(b, "right", x, 3, 4, 1);
        string pooled = b.Add("MaxPool", "pooled", [b.Add("Concat", "joined", [left, right], ("axis", 1))], ("kernel_shape", new long[] { 2, 2 }));
        b.Output(Convolution(b, "y", pooled, 8, 2, 1));
        Network network = NetworkQuantiser.Quantise(b.Build(), Samples(b.Build(), 2)).Value!.Network;
        float[] scales = [.. network.Nodes.Where(node => node.Operator == "QuantizeLinear").Select(node => network.Constants[node.Inputs[1]].Span<float>()[0])];
        scales.Length.ShouldBe(5);
        scales[1..].Distinct().ShouldHaveSingleItem();
        scales[0].ShouldNotBe(scales[1]);
    }

    [Fact]
    public void Weights_and_biases_are_rounded_to_nearest_steps()
    {
        Tensor weights = Tensor.Of(Shape.Of(2, 3), new[] { 1f, -2.54f, 0.011f, 0, 0, 0 });
        var bytes = LayerBytes.Of(weights, Tensor.Vector(0.5f, -7f), 0, 0.5f);
        bytes.Scales.Elements<float>()[0].ShouldBe(0.02f, 1e-8f);
        bytes.Elements.Elements<sbyte>().ShouldBe([50, -127, 1, 0, 0, 0]);
        bytes.Units.Elements<float>()[0].ShouldBe(0.01f, 1e-8f);
        bytes.Bias!.Elements<int>()[0].ShouldBe(50);
        (bytes.Bias.Elements<int>()[1] * (double)bytes.Units.Elements<float>()[1]).ShouldBe(-7, 1e-6);

        // A bias of a million steps of such weights would not fit 32 bits.
        var huge = LayerBytes.Of(Tensor.Of(Shape.Of(1, 1), new[] { 1e-6f }), Tensor.Vector(1e6f), 0, 1);
        (huge.Bias!.Elements<int>()[0] * (double)huge.Units.Elements<float>()[0]).ShouldBe(1e6, 1);
    }

    [Fact]
    public void Weights_that_several_layers_read_are_stored_once()
    {
        var b = new NetworkBuilder("shared", 13);
        string w = Random(b, "w", 8, 8);
        string first = b.Add("Gemm", "first", [b.Input("x", 4, 8), w, Random(b, "b1", 8)]);
        string second = b.Add("Gemm", "second", [first, w, Random(b, "b2", 8)]);

        // Beside such a bias its weights have wider steps, which the others are not to have.
        string third = b.Add("Gemm", "third", [second, w, b.Constant("huge", Tensor.Vector(1e7f, 0, 0, 0, 0, 0, 0, 0))]);
        b.Output(second);
        b.Output(third);
        Network network = b.Build();
        Network quantised = NetworkQuantiser.Quantise(network, Samples(network, 3)).Value!.Network;
        foreach (Network one in new[] { quantised, PassPipeline.Default.Run(quantised) })
        {
            one.Constants.Values.Count(constant => constant is { Element: DataType.Int8, Shape.Rank: 2 }).ShouldBe(2);
            Node[] layers = [.. one.Nodes.Where(node => node.Operator is "Gemm" or FusedOperators.Dense)];
            layers.Select(layer => layer.Inputs[1] == layers[0].Inputs[1]).ShouldBe([true, true, false]);
            layers.Select(layer => layer.Inputs[2]).Distinct().Count().ShouldBe(3);
        }

        IReadOnlyDictionary<string, Tensor> sample = Samples(network, 1)[0];
        float[] wanted = ReferenceExecutor.Run(network, sample)["second"].Elements<float>();
        float[] got = ReferenceExecutor.Run(quantised, sample)["second"].Elements<float>();
        Math.Sqrt(wanted.Zip(got, (a, b) => (a - b) * (a - b)).Average()).ShouldBeLessThan(0.05 * Math.Sqrt(wanted.Average(number => number * number)));
    }

    [Fact]
    public void What_cannot_be_quantised_is_said()
    {
        var b = new NetworkBuilder("plain", 13);
        b.Output(b.Add("Relu", "y", [b.Input("x", 4)]));
        NetworkQuantiser.Quantise(b.Build(), Samples(b.Build(), 1)).Error!.Message.ShouldContain("nothing to quantise");

        Network old = Block() with { Nodes = [.. Block().Nodes.Select(node => node with { Opset = 6 })] };
        NetworkQuantiser.Quantise(old, Samples(old, 1)).Error!.Message.ShouldContain("operator set 6");

        Network quantised = NetworkQuantiser.Quantise(Block(), Samples(Block(), 1)).Value!.Network;
        NetworkQuantiser.Quantise(quantised, Samples(quantised, 1)).Error!.Message.ShouldContain("quantised already");

        Network block = Block();
        Dictionary<string, Tensor> broken = new() { ["x"] = Tensor.Of(block.Inputs[0].Type.Shape, Enumerable.Repeat(float.NaN, 4 * 64).ToArray()) };
        NetworkQuantiser.Quantise(block, [broken]).Error!.Message.ShouldContain("'x'");
        Should.Throw<ArgumentException>(() => NetworkQuantiser.Quantise(block, []));
        Should.Throw<ArgumentException>(() => NetworkQuantiser.Quantise(block, [new Dictionary<string, Tensor>()]));
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("squeezenet_v1.1")]
    [InlineData("mobilenet_v2")]
    [InlineData("bert_layer")]
    [Trait(Category.Name, Category.Slow)]
    public void Networks_of_the_zoo_compute_on_bytes_throughout(string name)
    {
        Network network = ModelZoo.Create(name);
        Result<QuantisedNetwork, QuantiseError> quantised = NetworkQuantiser.Quantise(network, Samples(network, 1), new QuantiserOptions { Threads = 2 });
        quantised.Succeeded.ShouldBeTrue(quantised.Error?.Message);
        Network fused = PassPipeline.Default.Run(quantised.Value.Network, (pass, after) => NetworkVerifier.Verify(after).ShouldBeEmpty(pass.Name));
        Node[] layers = [.. fused.Nodes.Where(node => node.Operator is FusedOperators.Convolution or FusedOperators.Dense)];
        layers.Length.ShouldBe(quantised.Value.Layers);
        layers.ShouldAllBe(node => fused.TypeOf(node.Inputs[1]).Element == DataType.Int8);
    }

    private static Network Block()
    {
        var b = new NetworkBuilder("block", 13);
        string x = b.Input("x", 1, 4, 8, 8);
        string a = b.Add("Relu", "a.relu", [Convolution(b, "a", x, 4, 8, 3)]);
        string c = Convolution(b, "c", a, 8, 8, 3);
        string d = Convolution(b, "d", x, 4, 8, 1);
        string sum = b.Add("Relu", "sum.relu", [b.Add("Add", "sum", [c, d])]);
        string pooled = b.Add("MaxPool", "pool", [sum], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        string flat = b.Add("Flatten", "flat", [b.Add("GlobalAveragePool", "mean", [pooled])]);
        b.Output(b.Add("Gemm", "y", [flat, Random(b, "y.w", 16, 8), Random(b, "y.b", 16)], ("transB", 1)));
        return b.Build();
    }

    private static string Convolution(NetworkBuilder b, string name, string x, int from, int to, int kernel)
    {
        long[] pads = [.. Enumerable.Repeat(kernel / 2L, 4)];
        string w = Random(b, $"{name}.w", to, from, kernel, kernel);
        string y = b.Add("Conv", name.Length > 0 ? $"{name}.conv" : string.Empty, [x, w], ("pads", pads));
        string[] statistics = [Random(b, $"{name}.scale", to), Random(b, $"{name}.shift", to), Random(b, $"{name}.mean", to), Positive(b, $"{name}.var", to)];
        return b.Add("BatchNormalization", name, [y, .. statistics]);
    }

    private static string Positive(NetworkBuilder b, string name, int count) =>
        b.Constant(name, Tensor.Vector([.. Enumerable.Range(0, count).Select(i => 0.5f + (i % 3 * 0.3f))]));

    private static string Random(NetworkBuilder b, string name, params long[] extents)
    {
        var random = new Random(name.Sum(letter => letter));
        var shape = Shape.Of(extents);
        return b.Constant(name, Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 2) - 1)]));
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Samples(Network network, int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => network.Inputs.ToDictionary(input => input.Name, input => Tensor.Of(
            input.Type.Shape, Enumerable.Range(0, (int)input.Type.Shape.Count).Select(_ => (random.NextSingle() * 4) - 2).ToArray())))];
    }

    private static string Operators(Network network) =>
        string.Join(' ', network.Nodes.Select(node => node.Operator)).Replace("DequantizeLinear", "Load").Replace("QuantizeLinear", "Store");
}
