using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime.Dynamic;
using Attune.Runtime.Execution;
using Attune.Runtime.Tests.Files;
using static Attune.Runtime.Tests.Dynamic.DynamicNetworks;

namespace Attune.Runtime.Tests.Dynamic;

/// <summary>Models that take inputs of other shapes than they were planned for.</summary>
public sealed class OpenModelTests : IDisposable
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> None = [];
    private static readonly ModelOptions Options = new() { Threads = 1, Limits = DynamicLimits.Default with { WorthCompiling = 0 } };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Inputs_come_in_any_admissible_shape()
    {
        using CompiledModel model = CompiledModel.Compile(PassPipeline.Default.Run(Planned()), None, Options with { Open = Open() });
        model.OpenInputs.Select(input => input.ToString()).ShouldBe(["Float32[batchx3xHx8]", "Float32[batchx4]"]);
        Check(model, 1, 9);
        Check(model, 1, 12);
        Check(model, 3, 12);
        Check(model, 1, 9);
    }

    [Fact]
    public void A_file_keeps_the_open_model()
    {
        string path = folder.File("m.attune");
        TunedModelFile.Save(path, Samples.Model(PassPipeline.Default.Run(Planned())) with { Configurations = [], Open = Open() });
        using (CompiledModel model = CompiledModel.Load(path, Options))
        {
            Check(model, 1, 9);
            Check(model, 2, 5);
        }

        using (CompiledModel inMemory = CompiledModel.Load(File.ReadAllBytes(path), Options))
        {
            Check(inMemory, 2, 5);
        }

        TunedModelFile.Load(path).Value!.Open.ShouldNotBeNull().Inputs[0].Extents.ShouldNotBeNull()[2].ShouldBe(new OpenExtent(-1, "H"));
        TunedModelFile.Save(path, Samples.Model(PassPipeline.Default.Run(Planned())) with { Configurations = [] });
        using CompiledModel closed = CompiledModel.Load(path, Options);
        closed.OpenInputs.ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => closed.Run(Inputs(1, 12))).Message.ShouldContain("must be Float32[1x3x9x8]");
    }

    [Fact]
    public void A_file_that_is_gone_is_told_when_other_shapes_come()
    {
        string path = folder.File("m.attune");
        TunedModelFile.Save(path, Samples.Model(PassPipeline.Default.Run(Planned())) with { Configurations = [], Open = Open() });
        using CompiledModel model = CompiledModel.Load(path, Options);
        File.Delete(path);
        Check(model, 1, 9);
        Should.Throw<TunedModelException>(() => model.Run(Inputs(2, 5))).Error.Failure.ShouldBe(TunedModelFailure.NotFound);
    }

    [Fact]
    public void What_is_not_admissible_is_told()
    {
        using CompiledModel model = CompiledModel.Compile(PassPipeline.Default.Run(Planned()), None, Options with { Open = Open() });
        Dictionary<string, Tensor> inputs = Inputs(2, 9);
        inputs["z"] = Numbers(1, 3, 4);
        Should.Throw<ArgumentException>(() => model.Run(inputs)).Message.ShouldContain("its extent 'batch' is 3, but another input has 2 there");
        inputs["z"] = Numbers(1, 2, 5);
        Should.Throw<ArgumentException>(() => model.Run(inputs)).Message.ShouldContain("it must be Float32[batchx4], but the tensor is Float32[2x5]");
        inputs["z"] = Tensor.Of(Shape.Of(2, 4), new double[8]);
        Should.Throw<ArgumentException>(() => model.Run(inputs)).Message.ShouldContain("Float64");
        inputs.Remove("z");
        Should.Throw<ArgumentException>(() => model.Run(inputs)).Message.ShouldContain("'z'");
    }

    [Fact]
    public void A_layer_on_other_extents_takes_the_configuration_of_the_nearest()
    {
        ConvolutionWorkload Layer(int height, int channels = 32) => new()
        {
            Batch = 1,
            InChannels = channels,
            Height = height,
            Width = height,
            OutChannels = 32,
            KernelHeight = 3,
            KernelWidth = 3,
            StrideHeight = 1,
            StrideWidth = 1,
            Padding = new Halo(1, 1, 1, 1),
            Groups = 1,
            InputLayout = ActivationLayout.Blocked,
            Weights = WeightFormat.F32,
            Lanes = 8,
        };
        var tuned = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Layer(14).Key] = new Dictionary<string, string> { ["at"] = "14" },
            [Layer(28).Key] = new Dictionary<string, string> { ["at"] = "28" },
            [Layer(40, 16).Key] = new Dictionary<string, string> { ["at"] = "40 of others" },
            ["no key at all"] = new Dictionary<string, string>(),
        };
        NearestWorkload.Find(Layer(56), tuned).ShouldNotBeNull()["at"].ShouldBe("28");
        NearestWorkload.Find(Layer(10), tuned).ShouldNotBeNull()["at"].ShouldBe("14");
        NearestWorkload.Find(Layer(28, 64), tuned).ShouldBeNull();
    }

    private static void Check(CompiledModel model, int batch, int height)
    {
        Dictionary<string, Tensor> inputs = Inputs(batch, height);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        Closeness.Check("y", actual["y"], ReferenceExecutor.Run(Raw(), inputs)["y"]);
    }

    private static Dictionary<string, Tensor> Inputs(int batch, int height) =>
        new() { ["x"] = Numbers(height, batch, 3, height, 8), ["z"] = Numbers(batch, batch, 4) };

    private static OpenNetwork Open() => new(
        StatedTypes.Of(Raw()),
        [
            new OpenInput("x", DataType.Float32, [new OpenExtent(-1, "batch"), new OpenExtent(3, ""), new OpenExtent(-1, "H"), new OpenExtent(8, "")]),
            new OpenInput("z", DataType.Float32, [new OpenExtent(-1, "batch"), new OpenExtent(4, "")]),
        ]);

    private static Network Raw() => Of(
        ["x", "z"], ["y"],
        [
            Op("Conv", ["x", "w"], ["c"], ("pads", new[] { 1L, 1L, 1L, 1L })),
            Op("Relu", ["c"], ["r"]),
            Op("GlobalAveragePool", ["r"], ["g"]),
            Op("Flatten", ["g"], ["f"]),
            Op("Concat", ["f", "z"], ["y"], ("axis", 1L)),
        ],
        ("w", Numbers(1, 8, 3, 3, 3)));

    private static Network Planned()
    {
        Network raw = Raw();
        Network typed = ShapeInference.Run(raw with
        {
            Inputs =
            [
                new NetworkValue("x", new TensorType(DataType.Float32, Shape.Of(1, 3, 9, 8))),
                new NetworkValue("z", new TensorType(DataType.Float32, Shape.Of(1, 4))),
            ],
        });
        return typed with { Outputs = [new NetworkValue("y", typed.TypeOf("y"))] };
    }
}
