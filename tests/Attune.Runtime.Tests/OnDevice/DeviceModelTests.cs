using Attune.Compile;
using Attune.Compile.LowRank;
using Attune.Compile.Weights;
using Attune.Contracts.Backends;
using Attune.Devices;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime.Tests.Plan;

namespace Attune.Runtime.Tests.OnDevice;

/// <summary>Whole networks on devices of groups and lanes: an interpreted one, which finds races and stray accesses, and that of an OpenCL driver.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class DeviceModelTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    public static TheoryData<string> Sketches() => [.. LayoutTests.Networks.Keys];

    [Theory]
    [MemberData(nameof(Sketches))]
    public void Values_between_matrices_and_images_are_what_the_reference_computes(string name)
    {
        using var backend = new InterpretedBackend();
        Compare(backend, Sketch(name, 1, 5), name);
        Compare(backend, Sketch(name, 2, 4), name);
    }

    [Fact]
    public void Random_graphs_compute_what_the_reference_computes()
    {
        using var backend = new InterpretedBackend();
        for (int seed = 1000; seed < 1012; seed++)
        {
            Compare(backend, new RandomGraph(seed).Draw(10), $"seed {seed}");
        }
    }

    [Fact]
    public void Steps_of_recurrent_layers_run_on_the_host_behind_a_product_on_the_device()
    {
        using var backend = new InterpretedBackend();
        Network network = RecurrentModelTests.Of("lstm both ways, batch first", new NetworkSketch(5));
        Compare(backend, network, "lstm");
        NodeCoverage[] nodes = [.. ModelCoverage.Of(network, backend.Target).Nodes];
        nodes.Select(node => node.Execution).ShouldBe([NodeExecution.Tuned, NodeExecution.Reference]);
        nodes[1].Reason.ShouldBe("steps of recurrent layers run on the host");
    }

    [NeedingFact(Need.OpenCl)]
    public void Random_graphs_compute_what_the_reference_computes_on_OpenCL()
    {
        using IBackend backend = OpenCl();
        for (int seed = 1012; seed < 1018; seed++)
        {
            Compare(backend, new RandomGraph(seed).Draw(10), $"seed {seed}");
        }
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public void A_network_of_the_papers_computes_what_the_reference_computes_on_OpenCL()
    {
        using IBackend backend = OpenCl();
        Compare(backend, PassPipeline.Default.Run(ModelZoo.Create("squeezenet_v1.1")), "squeezenet_v1.1");
    }

    [Fact]
    public void Spans_bindings_and_tensors_give_the_same_and_every_step_has_a_time_and_a_source()
    {
        using var backend = new InterpretedBackend();
        var sketch = new NetworkSketch(9);
        Network network = sketch.Finish(sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1));
        using var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
        model.Device.ShouldBe(backend.Profile);
        Tensor x = sketch.Random(network.Inputs[0].Type.Shape);
        float[] expected = model.Run(new Dictionary<string, Tensor> { ["x"] = x })[network.Outputs[0].Name].Elements<float>();
        float[] viaSpan = new float[expected.Length];
        model.Run(x.Elements<float>(), viaSpan);
        viaSpan.ShouldBe(expected);
        using ModelBinding binding = model.CreateBinding();
        x.Elements<float>().CopyTo(binding.Input<float>(0));
        binding.Output<float>(0).Length.ShouldBe(expected.Length);
        binding.Run();
        binding.Run();
        binding.Output<float>(0).ToArray().ShouldBe(expected);

        // The interpreter's clock counts one unit from mark to mark.
        model.Profile(new Dictionary<string, Tensor> { ["x"] = x }, 2).ShouldAllBe(ms => Math.Abs(ms - 1) < 1e-6);
        StepReport convolution = model.Steps.Single(step => step.TaskKey is not null);
        convolution.Algorithm.ShouldNotBeNull().ShouldStartWith("gpu-");
        string source = model.SourceOf(model.Steps.IndexOf(convolution)).ShouldNotBeNull();
        source.ShouldContain("__kernel");
        string program = model.ProgramOf(model.Steps.IndexOf(convolution)).ShouldNotBeNull();
        program.ShouldStartWith("kernel conv2d/1x3x6x5/8x3x3/");
        program.ShouldContain("group.x");
        program.ShouldContain("lane.x");
    }

    [Fact]
    public void Transposed_convolutions_of_all_forms_are_tasks_of_devices_and_compute_what_the_reference_computes()
    {
        Network network = Upsampling();
        using (var backend = new InterpretedBackend())
        {
            Compare(backend, network, "upsampling");
            using var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
            model.Steps.Count(step => step.TaskKey?.StartsWith("transposed2d/", StringComparison.Ordinal) == true).ShouldBe(9);
            model.Steps.Select(step => step.Algorithm).OfType<string>().Distinct().ShouldBe(["gpu-transposed", "gpu-plain"], ignoreOrder: true);
            model.Steps.ShouldAllBe(step => step.Operation != "Elementwise" || step.Title == "Add", "the activation is in the store before it");
            model.Steps.Count(step => step.Fused.Contains(Fusions.Activation)).ShouldBe(1);
            ModelCoverage.Of(network, backend.Target).Nodes.ShouldAllBe(node => node.Execution != NodeExecution.Reference);
        }

        // A processor has no template for them: there the reference kernel runs them.
        ModelTask.Of(network, HostTarget.Widest).ShouldBeEmpty();
        ModelCoverage.Of(network, HostTarget.Widest).Nodes.Count(node => node.Execution == NodeExecution.Reference).ShouldBe(9);
    }

    [NeedingFact(Need.OpenCl)]
    public void Transposed_convolutions_of_all_forms_compute_what_the_reference_computes_on_OpenCL()
    {
        using IBackend backend = OpenCl();
        Compare(backend, Upsampling(), "upsampling");
    }

    [Fact]
    public void A_transposed_convolution_whose_weights_are_computed_runs_on_the_host_and_the_reason_is_said()
    {
        using var backend = new InterpretedBackend();
        var sketch = new NetworkSketch(4);
        string x = sketch.Input("x", 1, 3, 4, 4);
        string w = sketch.Input("w", 3, 2, 2, 2);
        Network network = sketch.Finish(sketch.Node("ConvTranspose", [x, w], [1, 2, 5, 5]));
        Compare(backend, network, "computed weights");
        NodeCoverage node = ModelCoverage.Of(network, backend.Target).Nodes.ShouldHaveSingleItem();
        (node.Execution, node.Reason).ShouldBe((NodeExecution.Reference, "its weights are computed while the model runs"));
        ModelCoverage.Of(network, HostTarget.Widest).Nodes[0].Reason.ShouldBe("no kernel is compiled for ConvTranspose");
    }

    [Fact]
    public void A_fused_pair_computes_what_the_reference_computes()
    {
        using var backend = new InterpretedBackend();
        var sketch = new NetworkSketch(12);
        string depthwise = sketch.Conv(sketch.Input("x", 1, 12, 6, 5), [1, 12, 6, 5], 3, 1, 1, group: 12);
        Network network = sketch.Finish(sketch.Conv(depthwise, [1, 20, 6, 5], 1));
        ModelTask pair = ModelTask.PairsOf(network, backend.Target).ShouldHaveSingleItem();
        Space space = KernelTemplates.CreateSpace(pair.Workload, backend.Target);
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [pair.Key] = space[KernelTemplates.DefaultIndex(pair.Workload, space, backend.Target)].ToLabels(),
        };
        Tensor x = sketch.Random(network.Inputs[0].Type.Shape);
        var inputs = new Dictionary<string, Tensor> { ["x"] = x };
        using var model = CompiledModel.Compile(network, configurations, new ModelOptions { Backend = backend });
        model.Steps.Single(step => step.TaskKey is not null).Algorithm.ShouldBe("gpu-depthwise-pointwise");
        float[] actual = model.Run(inputs)[network.Outputs[0].Name].Elements<float>();
        float[] expected = ReferenceExecutor.Run(network, inputs)[network.Outputs[0].Name].Elements<float>();
        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-4f * Math.Max(1, Math.Abs(expected[i])), $"element {i}");
        }
    }

    [NeedingFact(Need.OpenCl)]
    public void A_run_on_bound_memory_allocates_nothing()
    {
        using IBackend backend = OpenCl();
        var sketch = new NetworkSketch(9);
        Network network = sketch.Finish(sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1));
        using var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
        using ModelBinding binding = model.CreateBinding();
        binding.Input<float>(0).Fill(1);
        binding.Output<float>(0).Length.ShouldBe(240);
        binding.Run();
        binding.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        binding.Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.I8)]
    public void Narrow_weights_compute_what_the_reference_computes(WeightFormat format)
    {
        using var backend = new InterpretedBackend();
        NarrowOn(backend, format);
    }

    [NeedingTheory(Need.OpenCl)]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.I8)]
    public void Narrow_weights_compute_what_the_reference_computes_on_OpenCL(WeightFormat format)
    {
        using IBackend backend = OpenCl();
        NarrowOn(backend, format);
    }

    [Fact]
    public void A_team_of_processors_is_refused()
    {
        using var backend = new InterpretedBackend();
        using var team = new ThreadTeam(1);
        Should.Throw<ArgumentOutOfRangeException>(() => new ModelOptions { Backend = backend, Team = team }.Resolve());
        new ModelOptions { Backend = backend, Threads = 3 }.Resolve().Threads.ShouldBe(1);
    }

    [Fact]
    public void Of_layers_in_several_forms_the_exact_one_runs()
    {
        using var backend = new InterpretedBackend();
        var sketch = new NetworkSketch(5);
        sketch.Conv(sketch.Input("x", 1, 24, 4, 3), [1, 64, 4, 3], 3, 1, 1);
        Network exact = sketch.Finish();
        LowRankNetwork formed = LowRankForms.Add(exact, [0.6, 0.3], LowRankSplit.Separable);
        formed.Layers.ShouldNotBeEmpty();
        Compare(backend, formed.Network, "formed", exact);
    }

    internal static void NarrowOn(IBackend backend, WeightFormat format)
    {
        // A 1x1 convolution, a matrix product with more rows than the template for few takes, and one with few.
        var image = new NetworkSketch(3);
        var rows = new NetworkSketch(4);
        var few = new NetworkSketch(5);
        foreach ((NetworkSketch sketch, string last) in ((NetworkSketch, string)[])
        [
            (image, image.Conv(image.Input("x", 2, 17, 3, 5), [2, 9, 3, 5], 1)),
            (rows, rows.Dense(rows.Input("x", 33, 20), [33, 9])),
            (few, few.Dense(few.Input("x", 3, 20), [3, 9])),
        ])
        {
            NarrowedNetwork narrow = WeightNarrowing.Apply(sketch.Finish(last), format);
            narrow.Layers.ShouldHaveSingleItem();
            Compare(backend, narrow.Network, $"{format} {narrow.Layers[0]}");
        }
    }

    private static IBackend OpenCl() => BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));

    internal static Network Sketch(string name, long images, long channels)
    {
        var sketch = new NetworkSketch(21);
        LayoutTests.Networks[name](sketch, images, channels);
        return sketch.Finish();
    }

    // Pads, wanted shapes, automatic pads, rows and columns more, groups, dilation, one axis, several readers.
    private static Network Upsampling()
    {
        var sketch = new NetworkSketch(13);
        string x = sketch.Input("x", 2, 6, 5, 4);
        string half = sketch.Transposed(x, [2, 8, 9, 7], 3, 2);
        string whole = sketch.Transposed(
            half, [2, 5, 18, 14], 3, 2, more: Attributes.None.With("pads", new[] { 1L, 1L, 1L, 1L }).With("output_padding", new[] { 1L, 1L }));
        string wanted = sketch.Transposed(half, [2, 4, 17, 14], 3, 2, more: Attributes.None.With("output_shape", new[] { 17L, 14L }));
        string wider = sketch.Transposed(half, [2, 4, 21, 17], 3, 2, more: Attributes.None.With("output_shape", new[] { 21L, 17L }));
        string upper = sketch.Transposed(x, [2, 4, 15, 12], 4, 3, more: Attributes.None.With("auto_pad", "SAME_UPPER"));
        string lower = sketch.Transposed(x, [2, 4, 10, 8], 3, 2, more: Attributes.None.With("auto_pad", "SAME_LOWER"));
        string grouped = sketch.Transposed(x, [2, 9, 9, 7], 3, 2, group: 3);
        string dilated = sketch.Transposed(x, [2, 3, 11, 9], 3, 2, dilation: 2);
        string line = sketch.Transposed(sketch.Input("z", 1, 4, 7), [1, 3, 25], 5, 4);
        string relu = sketch.Node("Relu", [whole], [2, 5, 18, 14]);
        string pooled = sketch.Node("Add", [half, half], [2, 8, 9, 7]);
        return sketch.Finish(relu, wanted, wider, upper, lower, grouped, dilated, line, pooled);
    }

    internal static void Compare(IBackend backend, Network network, string what, Network? like = null)
    {
        var sketch = new NetworkSketch(7);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(input => input.Name, input => sketch.Random(input.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(like ?? network, inputs);
        using var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
        model.Run(inputs);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        foreach (NetworkValue output in network.Outputs)
        {
            Closeness.Check($"{what}: {output.Name}", actual[output.Name], expected[output.Name]);
        }
    }
}
