using Attune.Devices;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Backends;

/// <summary>On whatever OpenCL device there is; without one its tests are skipped.</summary>
[Trait(Category.Name, Category.AnyWidth)]
[Collection(OneDevice.Name)]
public sealed class OpenClBackendTests
{
    [NeedingFact(Need.OpenCl)]
    public void Memory_holds_what_is_written() => Run(contract => contract.Memory_holds_what_is_written());

    [NeedingFact(Need.OpenCl)]
    public void Memory_is_copied_on_the_device() => Run(contract => contract.Memory_is_copied_on_the_device());

    [NeedingFact(Need.OpenCl)]
    public void A_back_end_that_is_disposed_of_twice_is_disposed_of_once() =>
        Run(contract => contract.A_back_end_that_is_disposed_of_twice_is_disposed_of_once());

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
        string refusal = BackendCatalog.Open(DeviceName.OpenCl(4000)).Error.ShouldNotBeNull();
        refusal.ShouldContain("opencl:4000");
        refusal.ShouldContain(OpenClDevices.List().Value[^1].Name);
    }

    [NeedingFact(Need.OpenCl)]
    public void Functions_are_as_exact_as_on_processors()
    {
        using IBackend backend = Open();
        BackendKernels.CheckFunctions(backend);
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
        backend.Compile(KernelSource.Of((program, 1))).Error.ShouldNotBeNull().ShouldContain($"{beyond} lanes");
    }

    [NeedingFact(Need.OpenCl)]
    public void More_memory_than_kernels_can_address_is_refused()
    {
        using IBackend backend = Open();
        Should.Throw<DeviceException>(() => backend.Allocate(1L << 40)).IsOutOfMemory.ShouldBeTrue();
    }

    [NeedingFact(Need.OpenCl)]
    public void What_was_compiled_once_is_taken_from_the_cache()
    {
        using var folder = new TemporaryFolder();
        var programs = new ProgramCache(new ProgramCacheOptions { Folder = folder.File("programs") });
        Stored(1, programs).ShouldBe(1);
        string one = Directory.GetFiles(programs.Folder).ShouldHaveSingleItem();
        Stored(2, programs).ShouldBe(2);
        string two = Directory.GetFiles(programs.Folder).Single(file => file != one);

        // The program of the second under the name of the first: if that one runs, the cache was asked.
        byte[] program = programs.Find(KeyOf(two)).ShouldNotBeNull();
        programs.Keep(KeyOf(one), program).ShouldBeTrue();
        Stored(1, programs).ShouldBe(2);

        // What the driver does not take is compiled anew, and replaced.
        programs.Keep(KeyOf(one), "not a program"u8).ShouldBeTrue();
        Stored(1, programs).ShouldBe(1);
        programs.Find(KeyOf(one))!.Length.ShouldBeGreaterThan(100);
        Directory.GetFiles(programs.Folder).Length.ShouldBe(2);
    }

    private static string KeyOf(string file) => Path.GetFileNameWithoutExtension(file);

    // What a kernel that stores a number has stored.
    private static float Stored(float number, ProgramCache programs)
    {
        using IBackend backend = BackendCatalog.Open(DeviceName.OpenCl(0), clock: null, programs).OrThrow(refusal => new InvalidOperationException(refusal));
        var (lane, group) = (new LoopVariable("t"), new LoopVariable("b"));
        Statement store = new Store(KernelBuffers.Y, lane, new Constant(number));
        var program = new LoopProgram(
            "store", 1, [KernelBuffers.Y], new LoopVariable("begin"), new LoopVariable("end"),
            [new Loop(group, 0, 1, 1, LoopKind.Group, [new Loop(lane, 0, 4, 1, LoopKind.Lane, [store])])]);
        return BackendKernels.Execute(backend, KernelSource.Of((program, 1)), [[], [], [], [], new float[4]]).Distinct().ShouldHaveSingleItem();
    }

    private static IBackend Open() => BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));

    private static void Run(Action<BackendContract> test) => test(new OpenClContract());

    private sealed class OpenClContract : BackendContract
    {
        private protected override IBackend Open() => OpenClBackendTests.Open();

        private protected override KernelSource Doubling(int count) => DoublingVectors(count, 1);
    }
}
