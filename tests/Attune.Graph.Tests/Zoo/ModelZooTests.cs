using Attune.Graph.Analysis;
using Attune.Graph.Faults;
using Attune.Graph.Tests.Passes;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Graph.Tests.Zoo;

public sealed class ModelZooTests
{
    // Parameters and multiply-adds that torchvision documents for the same architectures (MobileNet v1: table 8 of its paper and Keras' count
    // of trainable parameters). Running statistics of batch norms are no parameters there.
    [Theory]
    [InlineData("alexnet", 61_100_840, 0.71e9)]
    [InlineData("resnet18", 11_689_512, 1.81e9)]
    [InlineData("vgg16", 138_357_544, 15.47e9)]
    [InlineData("mobilenet_v1", 4_231_976, 0.569e9)]
    [InlineData("squeezenet_v1.1", 1_235_496, 0.35e9)]
    [InlineData("resnet50", 25_557_032, 4.09e9)]
    [InlineData("mobilenet_v2", 3_504_872, 0.30e9)]
    [InlineData("googlenet", 6_624_904, 1.50e9)]
    [InlineData("vgg19", 143_667_240, 19.63e9)]
    [Trait(Category.Name, Category.Slow)]
    public void Parameters_and_work_are_those_of_the_architecture(string name, long parameters, double multiplyAdds)
    {
        Network network = ModelZoo.Create(name);

        NetworkVerifier.Verify(network).ShouldBeEmpty();
        network.Outputs.ShouldHaveSingleItem().Type.ToString().ShouldBe("Float32[1x1000]");
        network.Inputs.ShouldHaveSingleItem().Type.ToString().ShouldBe("Float32[1x3x224x224]");
        network.Constants.Where(pair => !pair.Key.Contains("running") && pair.Value.Shape.Rank > 0).Sum(pair => (long)pair.Value.Count).ShouldBe(parameters);
        double flops = NetworkSummary.Of(network).Nodes.Where(node => node.Operator is "Conv" or "Gemm").Sum(node => node.Flops);
        (flops / 2).ShouldBe(multiplyAdds, 0.02 * multiplyAdds);
    }

    [Theory]
    [InlineData("resnet18", "attune.Conv MaxPool", 20, 1)]
    [InlineData("mobilenet_v2", "attune.Conv attune.Conv", 52, 1)]
    [InlineData("squeezenet_v1.1", "attune.Conv MaxPool", 26, 0)]
    [InlineData("googlenet", "attune.Conv MaxPool", 57, 1)]
    public void Fusion_leaves_only_convolutions_pools_and_joins(string name, string start, int convolutions, int dense)
    {
        Network fused = PassPipeline.Default.Run(ModelZoo.Create(name), (pass, result) => NetworkVerifier.Verify(result).ShouldBeEmpty(pass.Name));

        Equivalence.Operators(fused).ShouldStartWith(start);
        fused.Nodes.Count(node => node.Operator == FusedOperators.Convolution).ShouldBe(convolutions);
        fused.Nodes.Count(node => node.Operator == FusedOperators.Dense).ShouldBe(dense);
        fused.Nodes.Select(node => node.Operator).Distinct().ShouldBeSubsetOf(
            [FusedOperators.Convolution, FusedOperators.Dense, "MaxPool", "GlobalAveragePool", "Flatten", "Concat"]);
        int residuals = fused.Nodes.Count(node => node.Operator == FusedOperators.Convolution && node.Input(3).Length > 0);
        residuals.ShouldBe(name switch { "resnet18" => 8, "mobilenet_v2" => 10, _ => 0 });
    }

    [Fact]
    public void The_encoder_layer_has_the_size_of_bert_base_and_fuses_to_seven_steps()
    {
        Network network = ModelZoo.Create("bert_layer");

        // Devlin et al.: 4 x (768 x 768 + 768) + 768 x 3072 + 3072 + 3072 x 768 + 768 and two norms of 2 x 768.
        network.Constants.Where(pair => pair.Key.EndsWith("weight", StringComparison.Ordinal) || pair.Key.EndsWith("bias", StringComparison.Ordinal))
            .Sum(pair => (long)pair.Value.Count).ShouldBe(7_087_872);
        Network fused = PassPipeline.Default.Run(network, (pass, result) => NetworkVerifier.Verify(result).ShouldBeEmpty(pass.Name));
        Equivalence.Operators(fused).ShouldBe("attune.Dense attune.Attention attune.Dense LayerNormalization attune.Dense attune.Dense LayerNormalization");
        fused.Nodes[4].Attributes.Text("activation", "").ShouldBe("gelu");
        new[] { 2, 5 }.ShouldAllBe(i => fused.Nodes[i].Input(3).Length > 0);
        Equivalence.CompareOutputs(network, fused);
    }

    [Fact]
    public void Equal_seeds_give_equal_weights_and_different_ones_different()
    {
        Tensor first = ModelZoo.Create("squeezenet_v1.1", seed: 3).Constants["conv1.weight"];
        Tensor again = ModelZoo.Create("squeezenet_v1.1", seed: 3).Constants["conv1.weight"];
        Tensor other = ModelZoo.Create("squeezenet_v1.1", seed: 4).Constants["conv1.weight"];

        again.Elements<float>().ShouldBe(first.Elements<float>());
        other.Elements<float>().ShouldNotBe(first.Elements<float>());
    }

    [Fact]
    public void Weights_have_the_spread_that_was_asked_for()
    {
        float[] data = new SeededWeights(1).Normal("w", 0.25f, 100_000).Elements<float>();

        double mean = data.Average();
        mean.ShouldBe(0, 0.25 * 4 / Math.Sqrt(data.Length));
        Math.Sqrt(data.Average(value => (value - mean) * (value - mean))).ShouldBe(0.25, 0.005);
    }

    [Fact]
    public void Activations_keep_about_unit_scale()
    {
        Network network = ModelZoo.Create("mobilenet_v1");
        var input = new SeededWeights(5).Normal("image", 1, 1, 3, 224, 224);
        IReadOnlyDictionary<string, Tensor> results = ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { ["input"] = input });

        float[] logits = results["fc"].Elements<float>();
        logits.ShouldAllBe(value => float.IsFinite(value));
        Math.Sqrt(logits.Average(value => value * value)).ShouldBeInRange(0.05, 20);
    }

    [Fact]
    public void Batch_is_the_first_extent() => ModelZoo.Create("squeezenet_v1.1", batch: 4).Outputs[0].Type.Shape.ShouldBe(Shape.Of(4, 1000));

    [Theory]
    [InlineData("resnet-18", "resnet18")]
    [InlineData("mobilnet_v1", "mobilenet_v1")]
    [InlineData("squeezenet", "squeezenet_v1.1")]
    public void An_unknown_name_gets_the_nearest_one(string wrong, string meant)
    {
        ModelZoo.TryCreate(wrong, 0, 1, out Network? network, out ModelFault? fault).ShouldBeFalse();
        network.ShouldBeNull();
        fault!.Code.ShouldBe(FaultCodes.UnknownZooName);
        fault.Message.ShouldContain($"'{meant}'");
        Should.Throw<ArgumentException>(() => ModelZoo.Create(wrong)).Message.ShouldContain(meant);
    }
}
