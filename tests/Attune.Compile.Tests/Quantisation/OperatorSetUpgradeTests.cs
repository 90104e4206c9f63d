using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Compile.Tests.Quantisation;

public sealed class OperatorSetUpgradeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void Networks_mean_the_same_in_the_newer_operator_set(int opset)
    {
        var b = new NetworkBuilder("old", opset);
        string x = b.Input("x", 2, 4, 6, 6);
        string padded = opset < 11 ? b.Add("Pad", "padded", [x], ("pads", new long[] { 0, 0, 1, 0, 0, 0, 1, 2 }), ("value", 0.25f))
            : b.Add("Pad", "padded", [x, b.Constant("pads", Tensor.Vector(0L, 0, 1, 0, 0, 0, 1, 2)), b.Constant("value", Tensor.Scalar(0.25f))]);
        (long[] starts, long[] ends, long[] axes) = ([1, 0], [7, -1], [2, 3]);
        string cut = opset < 10 ? b.Add("Slice", "cut", [padded], ("starts", starts), ("ends", ends), ("axes", axes))
            : b.Add("Slice", "cut", [padded, .. Vectors(b, starts, ends, axes)]);
        string clipped = opset < 11 ? b.Add("Clip", "clipped", [cut], ("min", -0.5f), ("max", 0.75f))
            : b.Add("Clip", "clipped", [cut, b.Constant("low", Tensor.Scalar(-0.5f)), b.Constant("high", Tensor.Scalar(0.75f))]);
        string[] halves = b.Add("Split", "halves", [clipped], ["left", "right"], ("axis", 1), ("split", new long[] { 1, 3 }));
        string sum = b.Add("ReduceSum", "sum", [halves[1]], ("axes", new long[] { 1 }), ("keepdims", 1));
        string flat = b.Add("Squeeze", "flat", [b.Add("Mul", "product", [halves[0], sum])], ("axes", new long[] { 1 }));
        string mean = b.Add("ReduceMean", "mean", [flat], ("axes", new long[] { 2 }), ("keepdims", 0));
        string turned = b.Add("Unsqueeze", "turned", [b.Add("Softmax", "soft", [mean])], ("axes", new long[] { 2, 3 }));
        b.Output(b.Add("Softmax", "y", [turned]));
        Network network = b.Build();

        Network upgraded = OperatorSetUpgrade.Run(network).Value!;
        upgraded.Nodes.ShouldAllBe(node => node.Opset == 13);
        NetworkVerifier.Verify(upgraded).ShouldBeEmpty();
        Dictionary<string, Tensor> inputs = RandomInputs.For(network.Inputs, 3);
        float[] wanted = ReferenceExecutor.Run(network, inputs)["y"].Elements<float>();
        ReferenceExecutor.Run(upgraded, inputs)["y"].Elements<float>().ShouldBe(wanted);
        wanted.Distinct().Count().ShouldBeGreaterThan(4);
    }

    [Theory]
    [InlineData(7, "Sin Cos Tan Asin Acos Atan ReduceLogSum ReduceLogSumExp GlobalLpPool LpNormalization")]
    [InlineData(9, "Sinh Cosh Asinh Acosh Atanh Shrink IsNaN MeanVarianceNormalization")]
    [InlineData(10, "ThresholdedRelu IsInf Mod")]
    [InlineData(12, "Celu Einsum")]
    public void Operators_that_never_changed_stay_as_they_are(int opset, string operators)
    {
        foreach (string name in operators.Split(' '))
        {
            var b = new NetworkBuilder("old", opset);
            string x = b.Input("x", 2, 3, 3, 3);
            b.Output(name switch
            {
                "Mod" => b.Add(name, "y", [x, b.Constant("by", Tensor.Scalar(0.4f))], ("fmod", 1)),
                "Einsum" => b.Add(name, "y", [x, x], ("equation", "abij,abjk->abik")),
                _ => b.Add(name, "y", [x]),
            });
            Network network = b.Build();
            Network upgraded = OperatorSetUpgrade.Run(network).Value.ShouldNotBeNull(name);
            upgraded.Nodes.ShouldHaveSingleItem().Opset.ShouldBe(13);
            NetworkVerifier.Verify(upgraded).ShouldBeEmpty(name);
            Dictionary<string, Tensor> inputs = RandomInputs.For(network.Inputs, 3);
            ReferenceExecutor.Run(upgraded, inputs)["y"].Data.ShouldBe(ReferenceExecutor.Run(network, inputs)["y"].Data, name);
        }
    }

    [Fact]
    public void What_means_something_else_is_refused()
    {
        var b = new NetworkBuilder("old", 11);
        b.Output(b.Add("Softmax", "y", [b.Input("x", 2, 3, 4)]));
        OperatorSetUpgrade.Run(b.Build()).Error.ShouldBe("Softmax");
        b = new NetworkBuilder("old", 9);
        b.Output(b.Add("Upsample", "y", [b.Input("x", 1, 1, 2, 2), b.Constant("s", Tensor.Vector(1f, 1, 2, 2))]));
        OperatorSetUpgrade.Run(b.Build()).Error.ShouldBe("Upsample");
    }

    [Fact]
    public void Networks_of_older_operator_sets_are_quantised_and_written()
    {
        var b = new NetworkBuilder("old", 9);
        string x = b.Input("x", 1, 3, 8, 8);
        string w = b.Constant("w", Tensor.Of(Shape.Of(4, 3, 3, 3), Enumerable.Range(0, 108).Select(i => ((i * 37 % 101) - 50) / 80f).ToArray()));
        string y = b.Add("Clip", "clipped", [b.Add("Conv", "conv", [x, w])], ("min", 0f), ("max", 6f));
        b.Output(b.Add("Squeeze", "y", [b.Add("GlobalAveragePool", "mean", [y])], ("axes", new long[] { 2, 3 })));
        QuantiseOutcome outcome = new QuantiseSession(b.Build()).Run(SampleSet.Random(b.Build(), 5, 1)).Value!;
        outcome.Quantised.Layers.ShouldBe(1);
        outcome.Cost.RelativeError.ShouldBeInRange(1e-5, 0.02);
        string path = Path.Combine(folder.Path, "new.onnx");
        OnnxWriter.Write(outcome.Quantised.Network, path);
        Network read = OnnxReader.Read(path).Value!.Network;
        read.Nodes.ShouldAllBe(node => node.Opset == 13);

        b = new NetworkBuilder("ancient", 9);
        string shaped = b.Add("Upsample", "large", [b.Input("x", 1, 3, 8, 8), b.Constant("s", Tensor.Vector(1f, 1, 2, 2))]);
        b.Output(b.Add("Conv", "conv", [shaped, b.Constant("w", Tensor.Zeros(DataType.Float32, Shape.Of(4, 3, 3, 3)))]));
        new QuantiseSession(b.Build()).Run(SampleSet.Random(b.Build(), 5, 1)).Error!.Message.ShouldContain(
            "has 'Upsample' of operator set 9, which is not known to mean the same in set 13");
    }

    private static string[] Vectors(NetworkBuilder b, params long[][] vectors) =>
        [.. vectors.Select((vector, i) => b.Constant($"vector{i}", Tensor.Vector(vector)))];
}
