using Attune.Compile.Weights;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;
using Attune.Runtime.Tests;
using Attune.Runtime.Tests.Files;

namespace Attune.Compile.Tests.Weights;

public sealed class WeightNarrowingTests : IDisposable
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<WeightFormat, int> Cases()
    {
        var cases = new TheoryData<WeightFormat, int>();
        foreach (int lanes in new[] { 4, 8, 16 })
        {
            cases.Add(WeightFormat.F16, lanes);
            cases.Add(WeightFormat.I8, lanes);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compiled_kernels_compute_what_the_reference_computes_with_the_same_rounded_weights(WeightFormat format, int lanes)
    {
        var sketch = new NetworkSketch(7);
        Network network = Mixed(sketch);
        NarrowedNetwork narrowed = WeightNarrowing.Apply(network, format);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        Tensor expected = ReferenceExecutor.Run(narrowed.Network, inputs)[network.Outputs[0].Name];
        using CompiledModel model = CompiledModel.Compile(narrowed.Network, NoConfigurations, new ModelOptions { Threads = 1, Lanes = lanes });
        Close(model.Run(inputs)[network.Outputs[0].Name], expected, 1e-4);
        model.Steps.Count(step => step.TaskKey?.EndsWith($"/{WeightFormats.NameOf(format)}", StringComparison.Ordinal) == true).ShouldBe(4);
    }

    [Theory]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.I8)]
    public void Only_dense_layers_and_pointwise_convolutions_are_narrowed_and_their_floats_are_gone(WeightFormat format)
    {
        Network network = Mixed(new NetworkSketch(7));
        NarrowedNetwork narrowed = WeightNarrowing.Apply(network, format);
        narrowed.Layers.ShouldBe(["n1_attune.Conv", "n3_attune.Conv", "n6_attune.Dense", "n7_attune.Dense"]);
        narrowed.Kept.ShouldBeEmpty();
        WeightNarrowing.FormatOf(narrowed.Network).ShouldBe(format);
        WeightNarrowing.FormatOf(network).ShouldBe(WeightFormat.F32);
        narrowed.Network.Constants.Keys.ShouldNotContain("w1");
        narrowed.Network.Constants["w0"].Element.ShouldBe(DataType.Float32);
        narrowed.Network.Constants["w2"].Element.ShouldBe(DataType.Float32);
        DataType element = format == WeightFormat.F16 ? DataType.Float16 : DataType.Int8;
        narrowed.Network.Constants.Values.Count(tensor => tensor.Element == element).ShouldBe(4);
        narrowed.BytesAfter.ShouldBeLessThan(narrowed.BytesBefore);
    }

    [Fact]
    public void Rounding_twice_is_refused()
    {
        Network narrow = WeightNarrowing.Apply(Mixed(new NetworkSketch(7)), WeightFormat.I8).Network;
        Should.Throw<ArgumentException>(() => WeightNarrowing.Apply(narrow, WeightFormat.F16)).Message.ShouldContain("i8");
        WeightNarrowing.Apply(narrow, WeightFormat.F32).Network.ShouldBeSameAs(narrow);
    }

    [Fact]
    public void Layers_that_the_model_quantised_keep_its_bytes()
    {
        var b = new NetworkBuilder("part", 13);
        string scale = b.Constant("scale", Tensor.Scalar(0.01f));
        string zero = b.Constant("zero", Tensor.Scalar((byte)128));
        string x = b.Add("DequantizeLinear", "real", [b.Add("QuantizeLinear", "bytes", [b.Input("x", 4, 6), scale, zero]), scale, zero]);
        string w = b.Constant("w", Tensor.Of(Shape.Of(6, 8), Enumerable.Range(-24, 48).Select(number => (sbyte)number).ToArray()));
        string y = b.Add("MatMul", "first", [x, b.Add("DequantizeLinear", "weights", [w, scale])]);
        string v = b.Constant("v", Tensor.Of(Shape.Of(8, 8), Enumerable.Range(-24, 64).Select(number => number * 0.1f).ToArray()));
        b.Output(b.Add("MatMul", "second", [y, v]));
        Network network = PassPipeline.Default.Run(b.Build());
        network.Nodes[2].Inputs[1].ShouldBe("w");

        WeightNarrowing.FormatOf(network).ShouldBe(WeightFormat.F32);
        NarrowedNetwork narrowed = WeightNarrowing.Apply(network, WeightFormat.F16);
        narrowed.Layers.ShouldBe(["second"]);
        narrowed.Network.Constants["w"].ShouldBeSameAs(network.Constants["w"]);
        WeightNarrowing.FormatOf(narrowed.Network).ShouldBe(WeightFormat.F16);
    }

    [Fact]
    public void A_layer_whose_weights_do_not_fit_keeps_them_and_says_why()
    {
        var sketch = new NetworkSketch(7);
        string x = sketch.Input("x", 1, 4);
        string w = sketch.Constant("w", Tensor.Of(Shape.Of(2, 4), new[] { 1, 2, 3, float.PositiveInfinity, 1, 2, 3, 4 }));
        Attributes transposed = Attributes.None.With("transB", 1L);
        string y = sketch.Node(FusedOperators.Dense, [x, w], [1, 2], transposed, 1);
        string v = sketch.Constant("v", 3, 2);
        Network network = sketch.Finish(sketch.Node(FusedOperators.Dense, [y, v], [1, 3], transposed, 1));
        NarrowedNetwork narrowed = WeightNarrowing.Apply(network, WeightFormat.F16);
        narrowed.Layers.ShouldBe(["n1_attune.Dense"]);
        KeptLayer kept = narrowed.Kept.ShouldHaveSingleItem();
        kept.Node.ShouldBe("n0_attune.Dense");
        kept.Reason.ShouldContain("infinite");
        narrowed.Network.Constants["w"].Element.ShouldBe(DataType.Float32);
    }

    [Fact]
    public void Layers_that_share_weights_still_share_them()
    {
        var sketch = new NetworkSketch(7);
        string x = sketch.Input("x", 1, 6);
        string w = sketch.Constant("w", 6, 6);
        string a = sketch.Node(FusedOperators.Dense, [x, w], [1, 6], Attributes.None.With("transB", 1L), 1);
        string b = sketch.Node(FusedOperators.Dense, [a, w], [1, 6], Attributes.None.With("transB", 1L), 1);
        string c = sketch.Node(FusedOperators.Dense, [b, w], [1, 6], Attributes.None, 1);
        Network network = WeightNarrowing.Apply(sketch.Finish(c), WeightFormat.I8).Network;
        network.Nodes[1].Inputs[1].ShouldBe(network.Nodes[0].Inputs[1]);
        network.Nodes[2].Inputs[1].ShouldNotBe(network.Nodes[0].Inputs[1]);
        network.Constants.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.I8)]
    public void A_file_keeps_narrow_weights_bit_by_bit_and_older_versions_must_refuse_it(WeightFormat format)
    {
        var sketch = new NetworkSketch(7);
        Network network = WeightNarrowing.Apply(Mixed(sketch), format).Network;
        string path = folder.File("narrow.attune");
        TunedModelFile.Save(path, Samples.Model(network));
        Network loaded = TunedModelFile.Load(path).OrThrow(error => new TunedModelException(error)).Network;
        loaded.Constants.Count.ShouldBe(network.Constants.Count);
        foreach ((string name, Tensor tensor) in network.Constants)
        {
            loaded.Constants[name].Type.ShouldBe(tensor.Type);
            loaded.Constants[name].Data.ShouldBe(tensor.Data);
        }

        FormatNumber(path).ShouldBe(2);
        string plain = folder.File("plain.attune");
        TunedModelFile.Save(plain, Samples.Model(Mixed(new NetworkSketch(7))));
        FormatNumber(plain).ShouldBe(1);
        new FileInfo(path).Length.ShouldBeLessThan(new FileInfo(plain).Length);
    }

    [Fact]
    public void A_damaged_file_with_narrow_weights_is_never_loaded()
    {
        string path = folder.File("narrow.attune");
        TunedModelFile.Save(path, Samples.Model(WeightNarrowing.Apply(Small(), WeightFormat.I8).Network));
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(3);
        for (int i = 0; i < good.Length; i += 3)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);
            TunedModelFile.Load(path).Succeeded.ShouldBeFalse($"byte {i} of {good.Length}");
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("short")]
    [InlineData("integers")]
    [InlineData("matrix")]
    public void Narrow_weights_without_fitting_scales_are_malformed(string defect)
    {
        Network network = WeightNarrowing.Apply(Small(), WeightFormat.I8).Network;
        Node node = network.Nodes[0];
        string scales = node.Inputs[4];
        Tensor? wrong = defect switch
        {
            "short" => Tensor.Vector(1f, 2f),
            "integers" => Tensor.Vector(1, 2, 3),
            "matrix" => Tensor.Of(Shape.Of(1, 3), new float[3]),
            _ => null,
        };
        Network bad = wrong is null
            ? network with { Nodes = [node with { Inputs = node.Inputs.RemoveAt(4) }] }
            : network with { Constants = network.Constants.SetItem(scales, wrong), Types = network.Types.SetItem(scales, wrong.Type) };
        string path = folder.File("bad.attune");
        TunedModelFile.Save(path, Samples.Model(bad));
        TunedModelError error = TunedModelFile.Load(path).Error.ShouldNotBeNull();
        error.Failure.ShouldBe(TunedModelFailure.Malformed);
        error.Message.ShouldContain("scales");
    }

    [Fact]
    public void Configurations_of_32_bit_weights_are_carried_over()
    {
        Network network = Small();
        ModelTask task = ModelTask.Of(network, HostTarget.Widest).ShouldHaveSingleItem();
        var space = Kernels.Templates.KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
        var knobs = new Dictionary<string, string>(
            space[Kernels.Templates.KernelTemplates.DefaultIndex(task.Workload, space, HostTarget.Of(task.Workload.Lanes))].ToLabels())
        { ["prefetch"] = "8" };
        using CompiledModel model = CompiledModel.Compile(
            WeightNarrowing.Apply(network, WeightFormat.F16).Network,
            new Dictionary<string, IReadOnlyDictionary<string, string>> { [task.Key] = knobs },
            new ModelOptions { Threads = 1 });
        StepReport step = model.Steps.Single(s => s.TaskKey is not null);
        step.Source.ShouldBe(ConfigurationSource.Nearest);
        step.Configuration!.ShouldContain("prefetch=8");
        step.Configuration!.ShouldContain("weights=stored");
    }

    private static int FormatNumber(string path)
    {
        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(path);
        using Stream manifest = zip.GetEntry("manifest.json")!.Open();
        using var json = System.Text.Json.JsonDocument.Parse(manifest);
        return json.RootElement.GetProperty("format").GetInt32();
    }

    private static Network Small()
    {
        var sketch = new NetworkSketch(5);
        string x = sketch.Input("x", 1, 5);
        return sketch.Finish(sketch.Dense(x, [1, 3]));
    }

    /// <summary>3x3, 1x1, depthwise, strided 1x1 and two dense layers, one of each orientation.</summary>
    private static Network Mixed(NetworkSketch s)
    {
        string x = s.Input("x", 1, 3, 13, 13);
        string a = s.Conv(x, [1, 20, 13, 13], 3, 1, 1);
        string b = s.Conv(a, [1, 33, 13, 13], 1);
        string c = s.Conv(b, [1, 33, 13, 13], 3, 1, 1, group: 33);
        string d = s.Conv(c, [1, 48, 7, 7], 1, 2, residual: string.Empty);
        string g = s.Node("GlobalAveragePool", [d], [1, 48, 1, 1]);
        string f = s.Node("Flatten", [g], [1, 48]);
        string h = s.Dense(f, [1, 37], transposed: true, activation: "relu");
        return s.Finish(s.Dense(h, [1, 10], transposed: false));
    }

    private static void Close(Tensor actual, Tensor expected, double tolerance)
    {
        actual.Type.ShouldBe(expected.Type);
        float[] a = actual.Elements<float>();
        float[] e = expected.Elements<float>();
        double scale = e.Max(Math.Abs);
        for (int i = 0; i < e.Length; i++)
        {
            (Math.Abs(a[i] - e[i]) <= tolerance * scale).ShouldBeTrue($"element {i} is {a[i]}, expected {e[i]}");
        }
    }
}
