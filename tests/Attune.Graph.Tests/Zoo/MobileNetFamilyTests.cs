using Attune.Graph.Zoo.Families;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Graph.Tests.Zoo;

public sealed class MobileNetFamilyTests
{
    private static readonly MobileNetShape Small = new()
    {
        Name = "small",
        Resolution = 16,
        Batch = 2,
        Stem = 8,
        Blocks = [new MobileNetBlock("a", 8, 3, 1, 1), new MobileNetBlock("b", 12, 5, 3, 2), new MobileNetBlock("c", 12, 3, 2, 1)],
        Head = 20,
        Classes = 4,
    };

    [Fact]
    public void A_member_is_a_valid_network_that_runs()
    {
        Network network = MobileNetFamily.Build(Small);
        NetworkVerifier.Verify(network).ShouldBeEmpty();
        network.Nodes.Count(node => node.Operator == "Conv").ShouldBe(1 + 2 + 3 + 3 + 1);
        // a and c keep shape and so have a residual, b does not.
        network.Nodes.Count(node => node.Operator == "Add").ShouldBe(2);
        var input = Tensor.Of(Shape.Of(2, 3, 16, 16), [.. Enumerable.Range(0, 2 * 3 * 256).Select(i => MathF.Sin(i))]);
        Tensor output = ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { ["input"] = input }).Values.Single();
        output.Shape.ShouldBe(Shape.Of(2, 4));
        output.Elements<float>().ShouldAllBe(value => float.IsFinite(value));
    }

    [Fact]
    public void A_sketch_has_the_same_nodes_and_types_but_no_weights()
    {
        Network network = MobileNetFamily.Build(Small);
        Network sketch = MobileNetFamily.Sketch(Small);
        sketch.Nodes.Select(node => node.ToString()).ShouldBe(network.Nodes.Select(node => node.ToString()));
        sketch.Types.OrderBy(type => type.Key).ShouldBe(network.Types.OrderBy(type => type.Key));
        Network fused = PassPipeline.Default.Run(sketch);
        fused.Nodes.Select(node => node.ToString()).ShouldBe(PassPipeline.Default.Run(network).Nodes.Select(node => node.ToString()));
        Should.Throw<InvalidOperationException>(() => sketch.Constants["stem.weight"].Elements<float>()).Message.ShouldContain("sketch");
    }

    [Fact]
    public void Equal_seeds_give_equal_weights() =>
        MobileNetFamily.Build(Small, 3).Constants["b.depthwise.weight"].Elements<float>().ShouldBe(
            MobileNetFamily.Build(Small, 3).Constants["b.depthwise.weight"].Elements<float>());

    [Fact]
    public void Sizes_out_of_range_are_told_together()
    {
        MobileNetShape wrong = Small with { Stem = 0, Classes = 0, Blocks = [new MobileNetBlock("x", 8, 4, -1, 0)] };
        string message = Should.Throw<ArgumentException>(() => MobileNetFamily.Build(wrong)).Message;
        message.ShouldContain("0 channels");
        message.ShouldContain("0 classes");
        message.ShouldContain("the kernel 4 of x is not odd");
        message.ShouldContain("the expansion -1 of x");
        message.ShouldContain("the stride 0 of x");
    }
}
