using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Tests.Files;

/// <summary>Small models for the file tests.</summary>
internal static class Samples
{
    public static TunedModel Model(Network? network = null) => new()
    {
        Network = network ?? Network(),
        Configurations =
        [
            new TunedConfiguration(
                "conv 1x3x8x8",
                new Dictionary<string,
                string> { ["oc_r"] = "2", ["order"] = "oc-outer" },
                0.125,
                ConfigurationSource.Tuned,
                new RunnerUp(new Dictionary<string, string> { ["oc_r"] = "4" }, 0.25)),
            new TunedConfiguration("pool", new Dictionary<string, string>(), null, ConfigurationSource.Default, null),
        ],
        Device = "x64-AuthenticAMD-25.17.1-w16-c2-32k.1024k-123456",
        DeviceDescription = "AMD EPYC, 2 CPUs",
        Threads = 2,
        VectorLanes = 16,
        CreatedAt = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero),
        ProductVersion = "0.1.0",
        Summary = new TuningSummary("bted+bao", 7, 512, 61.5, 5.5, 3.25),
    };

    /// <summary>Every kind of constant and attribute that a file may hold; most of the attributes mean nothing to the operator that carries them.</summary>
    public static Network Network()
    {
        Tensor weights = Tensor.Of(Shape.Of(4, 3), Enumerable.Range(0, 12).Select(i => i / 7f).ToArray());
        var inner = new Network(
            "then",
            [],
            [new NetworkValue("y", new TensorType(DataType.Float32, Shape.Scalar))],
            [new Node("copy", "Identity", 16, ["s"], ["y"], Attributes.None)],
            ImmutableDictionary<string, Tensor>.Empty.Add("s", Tensor.Scalar(2.5f)),
            ImmutableDictionary<string, TensorType>.Empty.Add("s", new TensorType(DataType.Float32, Shape.Scalar))
                .Add("y", new TensorType(DataType.Float32, Shape.Scalar)));
        var constants = new Dictionary<string, Tensor>
        {
            ["w"] = weights,
            ["w again"] = weights,
            ["flat w"] = weights.Reshape(Shape.Of(12)),
            ["half"] = Tensor.Vector((Half)1.5f, Half.NegativeInfinity),
            ["brain"] = Tensor.Vector(BFloat16.FromSingle(3.25f)),
            ["flag"] = Tensor.Scalar(false),
            ["flags"] = Tensor.Vector(true, false, true),
            ["longs"] = Tensor.Vector(long.MinValue, -1L, long.MaxValue),
            ["doubles"] = Tensor.Vector(double.NaN, 1e300),
            ["bytes"] = Tensor.Of(Shape.Of(65), Enumerable.Range(0, 65).Select(i => (byte)i).ToArray()),
            ["shorts"] = Tensor.Vector<short>(-5, 5),
            ["texts"] = Tensor.Vector("", "a \"quoted\" text", "\u00e9\n"),
            ["empty"] = Tensor.Of(Shape.Of(0, 7), Array.Empty<float>()),
            ["scalar"] = Tensor.Scalar(42),
        };
        Attributes attributes = Attributes.None
            .With("axis", -1)
            .With("alpha", float.NaN)
            .With("beta", -0.0f)
            .With("mode", "reflect")
            .With("pads", new long[] { 0, -1, long.MaxValue })
            .With("scales", new[] { 0.1f, float.PositiveInfinity })
            .With("names", new[] { "a", "" })
            .With("value", Tensor.Vector(1, 2, 3))
            .With("then_branch", inner);
        var input = new NetworkValue("x", new TensorType(DataType.Float32, Shape.Of(1, 3, 8, 8)));
        var output = new NetworkValue("out", new TensorType(DataType.Float32, Shape.Of(1, 4)));
        return new Network(
            "sample",
            [input],
            [output],
            [
                new Node("n0", "Dropout", 13, ["x", "", "flag"], ["mid", ""], attributes),
                new Node("n1", "ReduceMean", 13, ["mid"], ["mean"], Attributes.None.With("axes", new long[] { 2, 3 }).With("keepdims", 0)),
                new Node("n2", FusedOperators.Dense, 1, ["mean", "w again"], ["out"], Attributes.None.With("transB", 1)),
            ],
            constants.ToImmutableDictionary(),
            constants.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Type)
                .Add("x", input.Type).Add("out", output.Type).Add("mid", input.Type).Add("mean", new TensorType(DataType.Float32, Shape.Of(1, 3))));
    }
}
