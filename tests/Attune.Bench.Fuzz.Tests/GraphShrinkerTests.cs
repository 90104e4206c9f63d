using System.Collections.Immutable;
using Attune.Bench.Fuzz.Campaign;
using Attune.Bench.Fuzz.Trials;
using Attune.Graph.Building;
using Attune.Graph.Conformance;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Bench.Fuzz.Tests;

public sealed class GraphShrinkerTests
{
    [Fact]
    public void Only_the_operator_that_fails_is_left_and_its_extents_are_small()
    {
        var b = new NetworkBuilder("deep");
        string x = b.Add("Relu", "r", [b.Input("x", 3, 17, 9)]);
        string t = b.Add("Transpose", "t", [b.Add("Neg", "n", [x])], ("perm", new long[] { 0, 2, 1 }));
        b.Output(b.Add("Abs", "a", [b.Add("Tanh", "h", [t])]));
        b.Output(b.Add("Exp", "e", [x]));
        Network network = b.Build();
        var inputs = ImmutableDictionary<string, Tensor>.Empty.Add("x", Tensor.Zeros(DataType.Float32, Shape.Of(3, 17, 9)));

        // What fails is a tanh with at least two columns.
        static bool Fails(Network candidate) => candidate.Nodes.Any(node => node.Operator == "Tanh" && candidate.TypeOf(node.Inputs[0]).Shape[-1] >= 2);
        (Network small, ImmutableDictionary<string, Tensor> given) = new GraphShrinker((candidate, _) => Fails(candidate)).Shrink(network, inputs);
        small.Nodes.ShouldHaveSingleItem().Operator.ShouldBe("Tanh");
        small.Inputs.ShouldHaveSingleItem().Type.Shape.ShouldBe(Shape.Of(1, 1, 2));
        given.Keys.ShouldBe(small.Inputs.Select(input => input.Name));
        NetworkVerifier.Verify(small).ShouldBeEmpty();
    }

    [Fact]
    public void Weights_and_shapes_shrink_together()
    {
        var b = new NetworkBuilder("convolution", 13);
        string x = b.Input("x", 1, 12, 9, 9);
        string y = b.Add(
            "Conv", "c", [x, b.Constant("w", Tensor.Zeros(DataType.Float32, Shape.Of(12, 1, 3, 3)))], ("kernel_shape", new long[] { 3, 3 }), ("group", 12L));
        b.Output(b.Add("Reshape", "y", [y, b.Constant("s", Tensor.Vector(12L, 49))]));
        Network network = b.Build();
        var inputs = ImmutableDictionary<string, Tensor>.Empty.Add("x", Tensor.Zeros(DataType.Float32, Shape.Of(1, 12, 9, 9)));
        (Network small, _) = new GraphShrinker((candidate, _) => candidate.Nodes.Length == 2).Shrink(network, inputs);
        small.Inputs[0].Type.Shape[1].ShouldBe(1);
        small.Constants["w"].Shape[0].ShouldBe(1);
        small.Constants["s"].Elements<long>()[0].ShouldBe(1);
    }

    [Fact]
    public void A_difference_becomes_a_test_that_conformance_runs()
    {
        string folder = Directory.CreateTempSubdirectory("attune-fuzz-").FullName;
        try
        {
            var b = new NetworkBuilder("relu");
            b.Output(b.Add("Relu", "y", [b.Input("x", 2)]));
            Reproducer.Write(Path.Combine(folder, "fuzz_1_2"), b.Build(), new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(-1f, 2) });
            ConformanceRunner.Run(folder, [new ReferenceConformance()]).Verdicts.ShouldHaveSingleItem().Status.ShouldBe(ConformanceStatus.Passed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Exceptions_of_the_compiled_path_are_differences()
    {
        var b = new NetworkBuilder("relu");
        b.Output(b.Add("Relu", "y", [b.Input("x", 2)]));
        Network network = b.Build();
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(-1f, 2) };
        var setting = new FuzzSetting(Lanes: 4, Threads: 1, Passes: true, [], WeightFormat.F32, null);
        GraphTrial.Run(network, inputs, ErrorScales.Run(network, inputs), setting).ShouldBeNull();
        GraphTrial.Run(network, inputs, ErrorScales.Run(network, inputs), setting with { Lanes = 5 })!.Reason.ShouldContain("ArgumentOutOfRangeException");
    }

    [Fact]
    public void A_wrong_number_is_found_and_named()
    {
        var b = new NetworkBuilder("relu");
        b.Output(b.Add("Relu", "y", [b.Input("x", 2)]));
        Network network = b.Build();
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(-1f, 2) };
        var planted = new Dictionary<string, ScaledTensor> { ["y"] = new ScaledTensor(Tensor.Vector(0f, 2.001f), [0, 1e-7f]) };
        string reason = GraphTrial.Run(network, inputs, planted, new FuzzSetting(4, 1, true, [], WeightFormat.F32, null))!.Reason;
        reason.ShouldContain("element 1 is 2 instead of 2.001");
        reason.ShouldContain("1 of 2 differ");
    }
}
