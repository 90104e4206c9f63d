using Attune.Devices.Cuda;

namespace Attune.Devices.Tests.Cuda;

/// <summary>A device in use, by a driver that needs no GPU: what its errors mean, and that everything is given back.</summary>
public sealed class CudaContextTests
{
    [NeedingTheory(Need.HostCompilers)]
    [InlineData(214, "CUDA_ERROR_ECC_UNCORRECTABLE")]
    [InlineData(700, "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(702, "CUDA_ERROR_LAUNCH_TIMEOUT")]
    [InlineData(709, "CUDA_ERROR_CONTEXT_IS_DESTROYED")]
    [InlineData(710, "CUDA_ERROR_ASSERT")]
    [InlineData(714, "CUDA_ERROR_HARDWARE_STACK_ERROR")]
    [InlineData(715, "CUDA_ERROR_ILLEGAL_INSTRUCTION")]
    [InlineData(716, "CUDA_ERROR_MISALIGNED_ADDRESS")]
    [InlineData(717, "CUDA_ERROR_INVALID_ADDRESS_SPACE")]
    [InlineData(718, "CUDA_ERROR_INVALID_PC")]
    [InlineData(719, "CUDA_ERROR_LAUNCH_FAILED")]
    [InlineData(999, "CUDA_ERROR_UNKNOWN")]
    public void After_an_error_that_sticks_every_call_fails_with_it(int code, string name)
    {
        using var fake = new FakeCuda();
        using CudaContext context = Open(fake);
        ulong memory = context.Allocate(64);
        Result<CudaModule, string> module = context.Load(Image(fake));
        nint function = context.Function(module.Value!, "empty");
        fake["fault"] = code;
        Launch(context, function);
        context.Death.ShouldBeNull("a launch returns before the device has run it");
        CudaException first = Should.Throw<CudaException>(context.Finish);
        first.Name.ShouldBe(name);
        first.Message.ShouldContain(name);
        first.IsLost.ShouldBeTrue();
        context.Death.ShouldBeSameAs(first);

        fake["fault"] = 0;
        Should.Throw<CudaException>(() => context.Allocate(64)).ShouldBeSameAs(first);
        Should.Throw<CudaException>(() => context.Write(memory, new byte[4])).ShouldBeSameAs(first);
        Should.Throw<CudaException>(() => context.Read(memory, new byte[4])).ShouldBeSameAs(first);
        Should.Throw<CudaException>(() => Launch(context, function)).ShouldBeSameAs(first);
        Should.NotThrow(() => context.Free(memory));
        Should.NotThrow(() => context.Unload(module.Value!));
    }

    [NeedingFact(Need.HostCompilers)]
    public void After_other_errors_work_goes_on()
    {
        using var fake = new FakeCuda { ["memory"] = 1000 };
        using CudaContext context = Open(fake);
        CudaException none = Should.Throw<CudaException>(() => context.Allocate(2000));
        none.IsOutOfMemory.ShouldBeTrue();
        none.IsLost.ShouldBeFalse();
        none.Call.ShouldBe("cuMemAlloc");
        nint function = context.Function(context.Load(Image(fake)).Value!, "empty");
        fake["launch"] = 701;
        CudaException resources = Should.Throw<CudaException>(() => Launch(context, function));
        resources.Name.ShouldBe("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES");
        resources.IsLost.ShouldBeFalse();
        fake["launch"] = 0;
        Should.NotThrow(() => Launch(context, function));
        Should.Throw<CudaException>(() => context.Function(context.Load(Image(fake)).Value!, "absent")).Name.ShouldBe("CUDA_ERROR_NOT_FOUND");
        context.Death.ShouldBeNull();
    }

    [NeedingFact(Need.HostCompilers)]
    public void Code_that_the_driver_does_not_take_comes_back_as_its_words()
    {
        using var fake = new FakeCuda();
        using CudaContext context = Open(fake);
        context.Load("no code at all"u8).Error.ShouldNotBeNull().ShouldContain("CUDA_ERROR_INVALID_IMAGE");
        fake["load"] = 222;
        context.Load(Image(fake)).Error.ShouldBe("CUDA_ERROR_UNSUPPORTED_PTX_VERSION: ptxas fatal   : fake_cuda was told so");
        fake["load"] = 2;
        Should.Throw<CudaException>(() => context.Load(Image(fake))).IsOutOfMemory.ShouldBeTrue();
        fake["modules"].ShouldBe(0);
    }

    [NeedingFact(Need.HostCompilers)]
    public void The_driver_is_asked_for_what_a_function_takes()
    {
        using var fake = new FakeCuda { ["function_lanes"] = 384, ["function_shared"] = 4096, ["function_local"] = 16, ["function_registers"] = 168 };
        using CudaContext context = Open(fake);
        context.LimitsOf(context.Function(context.Load(Image(fake)).Value!, "empty")).ShouldBe(new CudaFunctionLimits(384, 4096, 16, 168));
    }

    [NeedingFact(Need.HostCompilers)]
    public void What_was_taken_is_given_back()
    {
        using var fake = new FakeCuda();
        using (CudaContext context = Open(fake))
        {
            ulong memory = context.Allocate(100);
            CudaModule module = context.Load(Image(fake)).Value!;
            nint mark = context.CreateEvent();
            fake["contexts"].ShouldBe(1);
            fake["memory"].ShouldBe(100);
            fake["modules"].ShouldBe(1);
            fake["events"].ShouldBe(1);
            context.FreeEvent(mark);
            context.Unload(module);
            context.Free(memory);
        }

        foreach (string kept in (string[])["contexts", "memory", "blocks", "modules", "events", "streams"])
        {
            fake[kept].ShouldBe(0, kept);
        }
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_device_that_cannot_be_opened_keeps_nothing()
    {
        using var fake = new FakeCuda { ["retain"] = 2 };
        Should.Throw<CudaException>(() => Open(fake)).Call.ShouldBe("cuDevicePrimaryCtxRetain");
        fake["contexts"].ShouldBe(0);
    }

    [NeedingFact(Need.HostCompilers)]
    public void What_is_recorded_runs_when_its_graph_is_launched()
    {
        using var fake = new FakeCuda();
        using (CudaContext context = Open(fake))
        {
            CudaModule module = context.Load(Image(fake)).Value!;
            nint function = context.Function(module, "empty");
            Result<nint, string> graph = context.Capture(() =>
            {
                Launch(context, function);
                Launch(context, function);
            });
            graph.Succeeded.ShouldBeTrue();
            fake["launches"].ShouldBe(0);
            context.LaunchGraph(graph.Value);
            context.LaunchGraph(graph.Value);
            context.Finish();
            fake["launches"].ShouldBe(4);
            context.FreeGraph(graph.Value);
            context.Unload(module);
        }

        fake["graphs"].ShouldBe(0);
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData("capture", 901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED")]
    [InlineData("instantiate", 2, "CUDA_ERROR_OUT_OF_MEMORY")]
    [InlineData("launch", 701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES")]
    public void What_cannot_be_recorded_is_told_and_work_goes_on(string call, int code, string name)
    {
        using var fake = new FakeCuda();
        using CudaContext context = Open(fake);
        nint function = context.Function(context.Load(Image(fake)).Value!, "empty");
        fake[call] = code;
        context.Capture(() => Launch(context, function)).Error.ShouldNotBeNull().ShouldContain(name);
        fake[call] = 0;
        fake["graphs"].ShouldBe(0);
        fake["launches"].ShouldBe(0);
        Launch(context, function);
        context.Finish();
        fake["launches"].ShouldBe(1);
        context.Capture(() => Launch(context, function)).Succeeded.ShouldBeTrue();
    }

    [NeedingFact(Need.HostCompilers)]
    public void What_waits_cannot_be_recorded()
    {
        using var fake = new FakeCuda();
        using CudaContext context = Open(fake);
        context.Capture(() => context.Allocate(4)).Error.ShouldNotBeNull().ShouldContain("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
        context.Capture(context.Finish).Error.ShouldNotBeNull().ShouldContain("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
        context.Finish();
        context.Death.ShouldBeNull();
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_device_that_is_lost_while_it_records_is_lost()
    {
        using var fake = new FakeCuda { ["instantiate"] = 719 };
        using CudaContext context = Open(fake);
        nint function = context.Function(context.Load(Image(fake)).Value!, "empty");
        Should.Throw<CudaException>(() => context.Capture(() => Launch(context, function))).IsLost.ShouldBeTrue();
        context.Death.ShouldNotBeNull();
    }

    private static CudaContext Open(FakeCuda fake) => new(Device(fake));

    private static CudaDevice Device(FakeCuda fake) => CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];

    // A kernel of no arguments that does nothing.
    private static byte[] Image(FakeCuda fake) =>
        CudaCompiler.For(Device(fake), [fake.Path]).Value!.Compile("#define KERNEL extern \"C\" __global__\n\nKERNEL void empty()\n{\n}\n").Value!;

    private static unsafe void Launch(CudaContext context, nint function) => context.Launch(function, (1, 1, 1), (1, 1, 1), null);
}
