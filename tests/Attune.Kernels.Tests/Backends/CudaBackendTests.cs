using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Kernels.Backends;
using Attune.Kernels.Backends.Cuda;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Backends;

/// <summary>
/// The host side of CUDA on a driver that needs no GPU and runs kernels on the processor: what is computed, and what becomes of everything that can fail.
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class CudaBackendTests
{
    private const int Count = 100;
    private const int Points = 2;

    [NeedingFact(Need.HostCompilers)]
    public void Memory_holds_what_is_written() => Run(contract => contract.Memory_holds_what_is_written());

    [NeedingFact(Need.HostCompilers)]
    public void Memory_is_copied_on_the_device() => Run(contract => contract.Memory_is_copied_on_the_device());

    [NeedingFact(Need.HostCompilers)]
    public void A_back_end_that_is_disposed_of_twice_is_disposed_of_once() =>
        Run(contract => contract.A_back_end_that_is_disposed_of_twice_is_disposed_of_once());

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(0, 65)]
    [InlineData(64, 1)]
    [InlineData(-1, 1)]
    public void What_is_not_inside_is_refused(long offset, int length) => Run(contract => contract.What_is_not_inside_is_refused(offset, length));

    [NeedingFact(Need.HostCompilers)]
    public void A_kernel_runs_on_the_memory_of_each_turn() => Run(contract => contract.A_kernel_runs_on_the_memory_of_each_turn(1));

    [Fact]
    public void Devices_are_known_by_their_names()
    {
        DeviceName.Parse("cuda:0").ShouldBe(DeviceName.Cuda(0));
        DeviceName.Parse("cuda:12").ToString().ShouldBe("cuda:12");
        DeviceName.Cuda(0).ShouldNotBe(DeviceName.OpenCl(0));
        DeviceName.Forms.ShouldBe("cpu, opencl:0, cuda:0");
        foreach (string wrong in (string[])["cuda", "cuda:", "cuda:-1", "cuda:x", "cuda:1:2", "CUDA:0"])
        {
            DeviceName.TryParse(wrong, provider: null, out _).ShouldBeFalse(wrong);
        }
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_a_reason()
    {
        // With a driver there is no device of that number, and without one there is none at all.
        string refusal = BackendCatalog.Open(DeviceName.Cuda(4000)).Error.ShouldNotBeNull();
        (refusal.Contains("cuda:4000", StringComparison.Ordinal) || refusal.Contains("CUDA driver", StringComparison.Ordinal)).ShouldBeTrue(refusal);
    }

    [NeedingFact(Need.HostCompilers)]
    [Trait(Category.Name, Category.Slow)]
    public void Kernels_of_every_template_compute_what_the_plain_convolution_computes()
    {
        using var fake = new FakeCuda();
        using IBackend backend = Open(fake);
        foreach ((string template, string[] keys) in GpuWorkloads.Keys.Where(each =>
            TemplateRegistry.Named(each.Key)!.Applies(WeightedWorkload.TryParse(each.Value[^1])!, backend.Target)))
        {
            BackendKernels.Check(backend, template, keys[^1], Points).ShouldBe(Points, template);
        }

        fake["memory"].ShouldBe(0);
        fake["modules"].ShouldBe(0);
        fake["events"].ShouldBe(0);
    }

    [NeedingFact(Need.HostCompilers)]
    [Trait(Category.Name, Category.Slow)]
    public void Functions_are_as_exact_as_on_processors()
    {
        using var fake = new FakeCuda();
        using IBackend backend = Open(fake);
        BackendKernels.CheckFunctions(backend);
    }

    [NeedingFact(Need.HostCompilers)]
    public void The_target_has_the_limits_of_the_device()
    {
        using var fake = new FakeCuda { ["lanes"] = 512, ["shared"] = 16 << 10 };
        using IBackend backend = Open(fake);
        backend.Device.ShouldBe(DeviceName.Cuda(0));
        backend.Profile.Id.ShouldStartWith("cuda-Fake_GPU_0-");
        backend.Profile.Description.ShouldContain("8.6");
        backend.Target.Groups.ShouldBe(new Attune.Kernels.Targets.GroupLimits(512, 16 << 10, 32) { MaxLanesZ = 64 });
    }

    [NeedingFact(Need.HostCompilers)]
    public void What_the_device_cannot_launch_is_refused_before_it_is_compiled()
    {
        using var fake = new FakeCuda { ["groups_y"] = 40 };
        using IBackend backend = Open(fake);
        backend.Compile(Wide(groups: 1, lanes: 2048)).Error.ShouldNotBeNull().ShouldContain("2048 lanes");
        backend.Compile(Wide(groups: 41, lanes: 1)).Error.ShouldNotBeNull().ShouldContain("1 x 41 x 1 groups");
        fake["compiles"].ShouldBe(0);
        backend.Compile(Wide(groups: 40, lanes: 1)).Succeeded.ShouldBeTrue();
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData("function_lanes", 32, "at most 32 lanes here, not 64")]
    [InlineData("function_registers", 2000, "64 lanes of 2000 registers")]
    [InlineData("function_shared", 50000, "shares 50000 bytes")]
    [InlineData("function_local", 400000, "400000 bytes outside the registers")]
    public void What_a_compiled_function_takes_is_checked_before_it_is_launched(string what, long value, string reason)
    {
        using var fake = new FakeCuda { [what] = value };
        using IBackend backend = Open(fake);
        backend.Compile(Doubling()).Error.ShouldNotBeNull().ShouldContain(reason);
        fake["modules"].ShouldBe(0, "what is refused is unloaded");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_kernel_that_does_not_compile_is_refused_with_the_first_lines_of_the_log()
    {
        using var fake = new FakeCuda { ["compile"] = 6 };
        using IBackend backend = Open(fake);
        string refusal = backend.Compile(Doubling()).Error.ShouldNotBeNull();
        refusal.ShouldContain("NVRTC 11.4 refused: kernel.cu(1): error: told to fail\nkernel.cu(2)");
        refusal.Split('\n').Length.ShouldBe(12);
    }

    [NeedingFact(Need.HostCompilers)]
    public void Code_that_the_driver_does_not_take_is_refused_with_its_words()
    {
        using var fake = new FakeCuda { ["load"] = 222 };
        using IBackend backend = Open(fake);
        string refusal = backend.Compile(Doubling()).Error.ShouldNotBeNull();
        refusal.ShouldContain("CUDA_ERROR_UNSUPPORTED_PTX_VERSION");
        refusal.ShouldContain("CUDA 12.4");
        refusal.ShouldContain("NVRTC 11.4");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_device_without_memory_says_so_and_works_on()
    {
        using var fake = new FakeCuda { ["memory"] = 1 << 20 };
        using IBackend backend = Open(fake);
        DeviceException none = Should.Throw<DeviceException>(() => backend.Allocate(2 << 20));
        none.IsOutOfMemory.ShouldBeTrue();
        none.IsLost.ShouldBeFalse();
        Should.Throw<DeviceException>(() => backend.Allocate(1L << 40)).IsOutOfMemory.ShouldBeTrue();
        using IDeviceMemory memory = backend.Allocate(1 << 19);
        memory.Write(0, new byte[8]);
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_kernel_that_breaks_the_context_loses_the_device()
    {
        using var fake = new FakeCuda();
        using IBackend backend = Open(fake);
        using IDeviceKernel kernel = backend.Compile(Doubling()).OrThrow(refusal => new InvalidOperationException(refusal));
        using IDeviceMemory memory = backend.Allocate(2 * Count * sizeof(float));
        using ILaunch launch = backend.Prepare(kernel, [new([new(memory, 0), new(memory, Count * sizeof(float))], default, [])], 1);
        launch.Run(1).ShouldBeGreaterThan(0);
        fake["launch"] = 701;
        DeviceException resources = Should.Throw<DeviceException>(() => launch.Run(1));
        resources.IsLost.ShouldBeFalse();
        resources.Message.ShouldContain("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES");
        fake["launch"] = 0;
        fake["fault"] = 719;
        DeviceException lost = Should.Throw<DeviceException>(() => launch.Run(1));
        lost.IsLost.ShouldBeTrue();
        lost.Message.ShouldStartWith("Fake GPU 0: ");
        lost.Message.ShouldContain("CUDA_ERROR_LAUNCH_FAILED");
        lost.Message.ShouldContain("only a new process");
        fake["fault"] = 0;
        Should.Throw<DeviceException>(() => memory.Read(0, new byte[4])).IsLost.ShouldBeTrue();
        Should.Throw<DeviceException>(() => memory.Write(0, new byte[4])).IsLost.ShouldBeTrue();
        Should.Throw<DeviceException>(() => memory.Copy(0, memory, 40, 4)).IsLost.ShouldBeTrue();
        Should.Throw<DeviceException>(() => launch.Begin()).IsLost.ShouldBeTrue();
        Should.Throw<DeviceException>(() => backend.Allocate(4)).IsLost.ShouldBeTrue();
        Should.Throw<DeviceException>(() => backend.Compile(Doubling())).IsLost.ShouldBeTrue();
    }

    [NeedingFact(Need.HostCompilers)]
    public void Marks_tell_how_long_each_launch_took()
    {
        using var fake = new FakeCuda();
        using IBackend backend = Open(fake);
        using IDeviceKernel kernel = backend.Compile(Doubling()).OrThrow(refusal => new InvalidOperationException(refusal));
        using IDeviceMemory memory = backend.Allocate(2 * Count * sizeof(float));
        using ILaunch launch = backend.Prepare(kernel, [new([new(memory, 0), new(memory, Count * sizeof(float))], default, [])], 1);
        using (ITimeline timeline = backend.CreateTimeline())
        {
            timeline.Mark();
            launch.Begin();
            timeline.Mark();
            launch.Begin();
            launch.Begin();
            timeline.Mark();

            // The driver's clock moves on by 0.01 ms a launch.
            double[] times = timeline.Take();
            times.Length.ShouldBe(3);
            times[0].ShouldBe(0);
            times[1].ShouldBe(0.01, 1e-6);
            times[2].ShouldBe(0.03, 1e-6);
            timeline.Mark();
            timeline.Take().ShouldBe([0]);
            timeline.Mark();
        }

        fake["events"].ShouldBe(2, "those of the launch");
    }

    [NeedingFact(Need.HostCompilers)]
    public void What_was_compiled_once_is_taken_from_the_cache()
    {
        using var folder = new TemporaryFolder();
        var programs = new ProgramCache(new ProgramCacheOptions { Folder = folder.File("programs") });
        using var fake = new FakeCuda();
        CompileOnce(fake, programs);
        fake["compiles"].ShouldBe(1);
        CompileOnce(fake, programs);
        fake["compiles"].ShouldBe(1);
        fake["loads"].ShouldBe(2);

        // Another driver, or another device, is another program.
        fake["driver"] = 12050;
        CompileOnce(fake, programs);
        fake["compiles"].ShouldBe(2);
        fake["minor"] = 9;
        CompileOnce(fake, programs);
        fake["compiles"].ShouldBe(3);
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_kept_program_that_the_driver_does_not_take_is_compiled_anew()
    {
        using var folder = new TemporaryFolder();
        var programs = new ProgramCache(new ProgramCacheOptions { Folder = folder.File("programs") });
        using var fake = new FakeCuda();
        CompileOnce(fake, programs);
        string key = Path.GetFileNameWithoutExtension(Directory.GetFiles(programs.Folder).Single());
        byte[] good = programs.Find(key).ShouldNotBeNull();
        programs.Keep(key, "not a program"u8);
        CompileOnce(fake, programs);
        fake["compiles"].ShouldBe(2);
        programs.Find(key).ShouldBe(good);
    }

    private static void CompileOnce(FakeCuda fake, ProgramCache programs)
    {
        using IBackend backend = Open(fake, programs);
        backend.Compile(Doubling()).OrThrow(refusal => new InvalidOperationException(refusal)).Dispose();
    }

    private static IBackend Open(FakeCuda fake, ProgramCache? programs = null)
    {
        CudaLibrary library = CudaLibrary.Load(fake.Path).OrThrow(reason => new InvalidOperationException(reason));
        CudaDevice device = CudaDevices.List(library).OrThrow(reason => new InvalidOperationException(reason))[0];
        return new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).OrThrow(reason => new InvalidOperationException(reason)), programs);
    }

    private static KernelSource Doubling() => CudaContract.Source(Count);

    // So many groups along the second axis, so many lanes along the first.
    private static KernelSource Wide(int groups, int lanes)
    {
        var (lane, group) = (new LoopVariable("t"), new LoopVariable("b"));
        Statement store = new Store(KernelBuffers.Y, lane, new Constant(1));
        var program = new LoopProgram(
            "wide", 1, [KernelBuffers.Y], new LoopVariable("begin"), new LoopVariable("end"),
            [new Loop(group, 0, groups, 1, LoopKind.Group, [new Loop(lane, 0, lanes, 1, LoopKind.Lane, [store])], 1)]);
        return KernelSource.Of((program, 1));
    }

    private static void Run(Action<BackendContract> test)
    {
        using var fake = new FakeCuda();
        test(new CudaContract(fake));
    }

    private sealed class CudaContract(FakeCuda fake) : BackendContract
    {
        public static KernelSource Source(int count) => DoublingVectors(count, 1);

        private protected override IBackend Open() => CudaBackendTests.Open(fake);

        private protected override KernelSource Doubling(int count) => Source(count);
    }
}
