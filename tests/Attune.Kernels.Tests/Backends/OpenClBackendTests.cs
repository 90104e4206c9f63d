using System.Runtime.InteropServices;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Backends;

/// <summary>On whatever OpenCL device there is; without one its tests are skipped.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class OpenClBackendTests
{
    private const int Points = 6;

    [NeedingFact(Need.OpenCl)]
    public void Memory_holds_what_is_written() => Run(contract => contract.Memory_holds_what_is_written());

    [NeedingFact(Need.OpenCl)]
    public void Memory_is_copied_on_the_device() => Run(contract => contract.Memory_is_copied_on_the_device());

    [NeedingFact(Need.OpenCl)]
    public void What_is_not_inside_is_refused() => Run(contract =>
    {
        contract.What_is_not_inside_is_refused(0, 65);
        contract.What_is_not_inside_is_refused(64, 1);
        contract.What_is_not_inside_is_refused(-1, 1);
    });

    [NeedingFact(Need.OpenCl)]
    public void A_kernel_runs_on_the_memory_of_each_turn() => Run(contract => contract.A_kernel_runs_on_the_memory_of_each_turn(1));

    [Fact]
    public void Devices_are_known_by_their_names()
    {
        DeviceName.Parse("opencl:0").ShouldBe(DeviceName.OpenCl(0));
        DeviceName.Parse("opencl:12").ToString().ShouldBe("opencl:12");
        foreach (string wrong in (string[])["opencl", "opencl:", "opencl:-1", "opencl:x", "opencl:1:2", "cpu:0", ":0", "opencl:99999999999"])
        {
            DeviceName.TryParse(wrong, provider: null, out _).ShouldBeFalse(wrong);
        }
    }

    [NeedingFact(Need.OpenCl)]
    public void A_device_beyond_the_last_is_refused_with_what_there_is()
    {
        BackendCatalog.Open(DeviceName.OpenCl(4000), out string? refusal).ShouldBeNull();
        refusal.ShouldNotBeNull().ShouldContain("opencl:4000");
        refusal.ShouldContain(OpenClDevices.List().Value[^1].Name);
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public void Kernels_of_every_template_compute_what_the_interpreter_computes()
    {
        using IBackend backend = Open();
        Check(backend, new TiledTemplate(isDepthwise: false), "conv2d/1x6x8x6/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1");
        Check(backend, new TiledTemplate(isDepthwise: false), "dense/1x24x1x6/20x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1");
        Check(backend, new TiledTemplate(isDepthwise: true), "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1");
        Check(backend, new PlainTemplate(), "conv2d/2x6x8x5/9x3x3/s1x2/p1,1,1,1/d1x1/g3/blocked-planar/v1");
    }

    [NeedingFact(Need.OpenCl)]
    public void Functions_are_as_exact_as_on_processors()
    {
        using IBackend backend = Open();
        var random = new Random(5);
        float[] x = [.. Enumerable.Range(0, 64).Select(_ => (random.NextSingle() - 0.5f) * 12)];
        foreach (string activation in Epilogue.Activations)
        {
            var w = (ConvolutionWorkload)WeightedWorkload.TryParse("conv2d/1x1x1x64/1x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")!;
            KernelSignature binding = KernelTemplates.CanonicalSignature(w, new Epilogue(true, false, activation, 0.1f, 0.7f));
            Space space = new PlainTemplate().CreateSpace(w, backend.Target);
            KernelSource source = new PlainTemplate().Build(w, space[0], binding, backend.Target);
            float[][] buffers = [x, [1], [0], [], new float[64]];
            float[] actual = Execute(backend, source, buffers);
            Interpreter.Run(source.Phases[0].Program, buffers);
            for (int i = 0; i < actual.Length; i++)
            {
                actual[i].ShouldBe(buffers[4][i], 1e-6f * Math.Max(1, Math.Abs(buffers[4][i])), $"{activation}({x[i]})");
            }
        }
    }

    [NeedingFact(Need.OpenCl)]
    public void What_the_device_cannot_run_is_refused_with_a_reason()
    {
        using IBackend backend = Open();
        var (lane, group) = (new LoopVariable("t"), new LoopVariable("b"));
        Statement store = new Store(KernelBuffers.Y, lane, new Constant(1));
        int beyond = backend.Target.Groups!.MaxLanes * 2;
        var program = new LoopProgram(
            "wide", 1, [KernelBuffers.Y], new LoopVariable("begin"), new LoopVariable("end"),
            [new Loop(group, 0, 1, 1, LoopKind.Group, [new Loop(lane, 0, beyond, 1, LoopKind.Lane, [store])])]);
        backend.Compile(KernelSource.Of((program, 1)), out string? refusal).ShouldBeNull();
        refusal.ShouldNotBeNull().ShouldContain($"{beyond} lanes");
    }

    [NeedingFact(Need.OpenCl)]
    public void More_memory_than_kernels_can_address_is_refused()
    {
        using IBackend backend = Open();
        Should.Throw<DeviceException>(() => backend.Allocate(1L << 40)).IsOutOfMemory.ShouldBeTrue();
    }

    private static void Check(IBackend backend, ITemplate template, string key)
    {
        var w = (ConvolutionWorkload)WeightedWorkload.TryParse(key).ShouldNotBeNull(key);
        Space all = KernelTemplates.CreateSpace(w, backend.Target);
        SpacePart part = all.Parts.Single(each => each.Name == template.Name);
        var random = new Random(21);
        float[] x = TemplateRun.Random(random, (long)w.Batch * w.InChannels * w.Height * w.Width);
        float[] weights = TemplateRun.Random(random, w.WeightCount);
        float[] bias = TemplateRun.Random(random, w.OutChannels);
        float[] residual = TemplateRun.Random(random, (long)w.Batch * w.OutChannels * w.OutHeight * w.OutWidth);
        float[] expected = NaiveConvolution.Run(w, x, weights, bias, residual);
        IEnumerable<long> drawn = Enumerable.Range(0, 4000).Select(_ => random.NextInt64(part.Space.Count)).Where(part.Space.IsValid).Distinct().Take(Points);
        foreach (long index in drawn.Append(template.Default(w, part.Space, backend.Target)))
        {
            float[] actual = TemplateRun.Execute(
                w, all[part.First + index], x, weights, bias, residual, (source, buffers) => Execute(backend, source, buffers), backend.Target);
            for (int i = 0; i < expected.Length; i++)
            {
                actual[i].ShouldBe(expected[i], 1e-4f * Math.Max(1, Math.Abs(expected[i])), $"{key} {part.Space[index]}: element {i}");
            }
        }
    }

    /// <summary>Runs a kernel on copies of the buffers and gives the output.</summary>
    private static float[] Execute(IBackend backend, KernelSource source, float[][] buffers)
    {
        using IDeviceKernel kernel = backend.Compile(source, out string? refusal).ShouldNotBeNull(refusal);
        IDeviceMemory[] memory = [.. buffers.Select(buffer => backend.Allocate(Math.Max(1, buffer.Length) * sizeof(float)))];
        for (int i = 0; i < buffers.Length; i++)
        {
            memory[i].Write(0, MemoryMarshal.AsBytes(buffers[i].AsSpan()));
        }

        using IDeviceMemory shared = backend.Allocate(kernel.SharedFloats * sizeof(float));
        using ILaunch launch = backend.Prepare(
            kernel, [new KernelArguments([.. memory.Take(5).Select(each => new DeviceRegion(each, 0))], new DeviceRegion(shared, 0), [])], 1);
        launch.Run(1).ShouldBeGreaterThan(0);
        float[] output = new float[buffers[4].Length];
        memory[4].Read(0, MemoryMarshal.AsBytes(output.AsSpan()));
        foreach (IDeviceMemory each in memory)
        {
            each.Dispose();
        }

        return output;
    }

    private static IBackend Open() => BackendCatalog.Open(DeviceName.OpenCl(0), out string? refusal).ShouldNotBeNull(refusal);

    private static void Run(Action<BackendContract> test) => test(new OpenClContract());

    private sealed class OpenClContract : BackendContract
    {
        private protected override IBackend Open() => OpenClBackendTests.Open();

        private protected override KernelSource Doubling(int count) => DoublingVectors(count, 1);
    }
}
