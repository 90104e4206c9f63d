using Attune.Compile.LowRank;
using Attune.Contracts.Backends;
using Attune.Graph.Passes;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Reference;
using Attune.Runtime.OnDevice;
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

    private static IBackend OpenCl() => BackendCatalog.Open(DeviceName.OpenCl(0), out string? refusal).ShouldNotBeNull(refusal);

    private static Network Sketch(string name, long images, long channels)
    {
        var sketch = new NetworkSketch(21);
        LayoutTests.Networks[name](sketch, images, channels);
        return sketch.Finish();
    }

    private static void Compare(IBackend backend, Network network, string what, Network? like = null)
    {
        var sketch = new NetworkSketch(7);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(input => input.Name, input => sketch.Random(input.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(like ?? network, inputs);
        using DeviceModel model = DeviceModel.Compile(network, NoConfigurations, backend);
        model.Run(inputs);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        foreach (NetworkValue output in network.Outputs)
        {
            Closeness.Check($"{what}: {output.Name}", actual[output.Name], expected[output.Name]);
        }
    }
}
