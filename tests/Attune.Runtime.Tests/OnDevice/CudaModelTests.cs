using System.Collections.Immutable;
using System.Text;
using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Backends.Cuda;
using Attune.Reference;
using Attune.Runtime.Stages;
using Attune.Runtime.Tests.Plan;

namespace Attune.Runtime.Tests.OnDevice;

/// <summary>Whole networks through the host code of CUDA, on the tests' own driver: deployment, graphs, failures, memory.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class CudaModelTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    [NeedingFact(Need.HostCompilers)]
    [Trait(Category.Name, Category.Slow)]
    public void Random_graphs_compute_what_the_reference_computes_on_CUDA()
    {
        using var fake = new FakeCuda();
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        using (var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!))
        {
            DeviceModelTests.Compare(backend, DeviceModelTests.Sketch(LayoutTests.Networks.Keys.First(), 2, 4), "sketch");
            DeviceModelTests.Compare(backend, new RandomGraph(1018).Draw(10), "seed 1018");
        }

        foreach (string kept in (string[])["memory", "modules", "events", "streams", "contexts"])
        {
            fake[kept].ShouldBe(0, kept);
        }
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_machine_without_the_compiler_runs_what_came_with_the_model()
    {
        using var fake = new FakeCuda();
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        var sketch = new NetworkSketch(9);
        Network network = sketch.Finish(sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1));
        ImmutableArray<DeviceCode> programs;
        using (var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!))
        using (var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend }))
        {
            programs = model.Programs;
        }

        long compiled = fake["compiles"];
        programs.Length.ShouldBe((int)compiled);
        programs.ShouldAllBe(program => program.Architecture == 35);
        const string Missing = "no NVRTC, the compiler for Fake GPU 0";
        using (var deployed = new CudaBackend(device, Missing, cache: null, programs))
        {
            DeviceModelTests.Compare(deployed, network, "without a compiler");
            var other = new NetworkSketch(10);
            Network changed = other.Finish(other.Conv(other.Input("x", 1, 3, 6, 5), [1, 9, 6, 5], 3, 1, 1));
            DeviceException refusal = Should.Throw<DeviceException>(() => DeviceModelTests.Compare(deployed, changed, "another model"));
            refusal.Message.ShouldContain($"not among the {programs.Length} compiled programs");
            refusal.Message.ShouldContain(Missing);
        }

        fake["compiles"].ShouldBe(compiled);

        // A device that is older than what was compiled cannot run it.
        Refused(program => program with { Architecture = 100 }).ShouldContain("compute capability 10.0 and newer, and Fake GPU 0 has 8.6");

        // Whatever else the code does: it is text, and its functions take what they are given.
        Refused(program => program with { Packed = new byte[] { 1, 2, 3 } }).ShouldContain("is damaged");
        Refused(program => Changed(program, text => "\u007fELF" + text)).ShouldContain("it is no text");
        Refused(program => Changed(program, text => text.Replace(".version", "version", StringComparison.Ordinal))).ShouldContain("it is no PTX");
        Refused(program => Changed(program, text => text.Replace("_param_0", "_param_0, .param .u64 more", StringComparison.Ordinal)))
            .ShouldContain("takes other arguments");
        Refused(program => Changed(program, text => text.Replace(".param .u64", ".param .align 8 .b8", StringComparison.Ordinal)))
            .ShouldContain("takes other arguments");
        Refused(program => Changed(program, text => text.Replace(".entry phase0", ".entry other", StringComparison.Ordinal)))
            .ShouldContain("not one function phase0");

        // Who has a compiler does not use what others compiled.
        ImmutableArray<DeviceCode> damaged = [.. programs.Select(program => program with { Packed = new byte[] { 1, 2, 3 } })];
        using (var better = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!, cache: null, damaged))
        {
            DeviceModelTests.Compare(better, network, "with a compiler");
        }

        fake["compiles"].ShouldBe(2 * compiled);

        string Refused(Func<DeviceCode, DeviceCode> change)
        {
            using var backend = new CudaBackend(device, Missing, cache: null, [.. programs.Select(change)]);
            return Should.Throw<DeviceException>(() => DeviceModelTests.Compare(backend, network, "changed")).Message;
        }

        static DeviceCode Changed(DeviceCode program, Func<string, string> change) =>
            DeviceCode.Of(program.Source, program.Architecture, Encoding.ASCII.GetBytes(change(Encoding.ASCII.GetString(program.Unpack()!))));
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(0)]
    [InlineData(901)]
    public void From_the_second_run_on_kernels_that_follow_on_another_are_one_graph_of_CUDA(int refusal)
    {
        using var fake = new FakeCuda { ["capture"] = refusal };
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        using (var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!))
        {
            var sketch = new NetworkSketch(9);
            string middle = sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1);
            Network network = sketch.Finish(sketch.Conv(middle, [1, 8, 6, 5], 3, 1, 1));
            using var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
            for (int run = 0; run < 4; run++)
            {
                Tensor x = sketch.Random(network.Inputs[0].Type.Shape);
                var inputs = new Dictionary<string, Tensor> { ["x"] = x };
                string output = network.Outputs[0].Name;
                Closeness.Check($"run {run}", model.Run(inputs)[output], ReferenceExecutor.Run(network, inputs)[output]);
            }

            fake["graph_launches"].ShouldBe(refusal == 0 ? 3 : 0, "inputs are copied before, outputs behind, and all kernels are between");
            (model.SequenceRefusal ?? "none").ShouldContain(refusal == 0 ? "none" : "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED");
        }

        foreach (string kept in (string[])["memory", "graphs", "modules", "events", "streams", "contexts"])
        {
            fake[kept].ShouldBe(0, kept);
        }
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kernel_that_hangs_is_an_error_and_nothing_hangs_behind_it(bool isStaged)
    {
        using var fake = new FakeCuda { ["hang"] = 1 };
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        using var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!);
        var sketch = new NetworkSketch(9);
        Network network = sketch.Finish(sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1));
        using var model = CompiledModel.Compile(
            network, NoConfigurations, new ModelOptions { Backend = backend, FirstRunLimit = TimeSpan.FromMilliseconds(100) });
        using StagedInference staged = model.CreateStaged();
        using var team = new ThreadTeam(1);
        var inputs = new Dictionary<string, Tensor> { ["x"] = sketch.Random(network.Inputs[0].Type.Shape) };
        DeviceException silent = Should.Throw<DeviceException>(() => Run());
        silent.IsLost.ShouldBeTrue();
        silent.Message.ShouldContain("Fake GPU 0 did not end its kernels in 0.1 s");
        Should.Throw<DeviceException>(() => model.Run(inputs)).ShouldBeSameAs(silent);

        void Run()
        {
            if (isStaged)
            {
                staged.RunTo(staged.Steps, team, 1);
            }
            else
            {
                model.Run(inputs);
            }
        }
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(true)]
    [InlineData(false)]
    public void Stages_give_their_memory_back_whether_the_model_goes_first_or_last(bool modelFirst)
    {
        using var fake = new FakeCuda();
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        using (var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!))
        {
            var sketch = new NetworkSketch(9);
            Network network = sketch.Finish(sketch.Conv(sketch.Input("x", 1, 3, 6, 5), [1, 8, 6, 5], 3, 1, 1));
            CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Backend = backend });
            StagedInference staged = model.CreateStaged();
            using var team = new ThreadTeam(1);
            staged.RunTo(staged.Steps, team, 1);
            (modelFirst ? (IDisposable)model : staged).Dispose();
            Should.Throw<ObjectDisposedException>(() => staged.RunTo(staged.Steps, team, 1));
            (modelFirst ? (IDisposable)staged : model).Dispose();
            fake["memory"].ShouldBe(0);
        }
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(WeightFormat.F16)]
    [InlineData(WeightFormat.I8)]
    public void Narrow_weights_compute_what_the_reference_computes_on_CUDA(WeightFormat format)
    {
        using var fake = new FakeCuda();
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        using var backend = new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!);
        DeviceModelTests.NarrowOn(backend, format);
    }
}
