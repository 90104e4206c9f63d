using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Runtime.Tests;

/// <summary>What runs each node, and the reason where it is the reference kernel.</summary>
public sealed class ModelCoverageTests
{
    [Fact]
    public void Convolutions_are_tuned_and_renaming_memory_is_free()
    {
        var sketch = new NetworkSketch(1);
        string conv = sketch.Node(FusedOperators.Convolution, [sketch.Input("x", 1, 16, 8, 8), sketch.Constant("w", 16, 16, 3, 3)], [1, 16, 6, 6]);
        string flat = sketch.Node("Flatten", [conv], [1, 576]);
        ModelCoverage coverage = ModelCoverage.Of(sketch.Finish(flat), HostTarget.Widest);
        coverage.Nodes.Select(node => node.Execution).ShouldBe([NodeExecution.Tuned, NodeExecution.Compiled]);
        coverage.Nodes.ShouldAllBe(node => node.Reason == null);
    }

    [Fact]
    public void An_operator_without_a_kernel_says_so()
    {
        var sketch = new NetworkSketch(1);
        Reason(sketch, sketch.Node("Erf", [sketch.Input("x", 2, 3)], [2, 3])).ShouldBe("no kernel is compiled for Erf");
    }

    [Fact]
    public void Weights_that_are_computed_are_the_reason()
    {
        var sketch = new NetworkSketch(1);
        string conv = sketch.Node("Conv", [sketch.Input("x", 1, 16, 8, 8), sketch.Input("w", 16, 16, 3, 3)], [1, 16, 6, 6]);
        Reason(sketch, conv).ShouldBe("its weights are computed while the model runs");
    }

    [Fact]
    public void Other_types_are_the_reason()
    {
        var sketch = new NetworkSketch(1);
        Reason(sketch, sketch.Node("Cast", [sketch.Input("x", 2, 3)], [2, 3], element: DataType.Int32)).ShouldContain("int32");
    }

    [Fact]
    public void Three_spatial_axes_are_the_reason()
    {
        var sketch = new NetworkSketch(1);
        string conv = sketch.Node(FusedOperators.Convolution, [sketch.Input("x", 1, 4, 4, 4, 4), sketch.Constant("w", 4, 4, 3, 3, 3)], [1, 4, 2, 2, 2]);
        Reason(sketch, conv).ShouldContain("not 3");
    }

    [Theory]
    [InlineData(FusedOperators.Recurrent, "Softsign", "activations")]
    [InlineData("RNN", "Tanh", "clip")]
    public void Recurrent_layers_say_what_stands_in_the_way(string operation, string function, string reason)
    {
        var sketch = new NetworkSketch(1);
        string x = sketch.Input("x", 3, 2, 4);
        string r = sketch.Constant("r", 1, 4, 4);
        Attributes attributes = Attributes.None.With("cell", "RNN").With("activations", new[] { function });
        string[] reads = operation == "RNN" ? [x, sketch.Constant("w", 1, 4, 4), r] : [x, r];
        Reason(sketch, sketch.Nodes(operation, reads, [[3, 1, 2, 4]], attributes)[0]).ShouldContain(reason);
    }

    private static string Reason(NetworkSketch sketch, string output)
    {
        NodeCoverage node = ModelCoverage.Of(sketch.Finish(output), HostTarget.Widest).Nodes.ShouldHaveSingleItem();
        node.Execution.ShouldBe(NodeExecution.Reference);
        return node.Reason.ShouldNotBeNull();
    }
}
