using System.Text;
using Attune.Devices.Cuda;

namespace Attune.Devices.Tests.Cuda;

/// <summary>Which compiler is taken for a device, for what it compiles, and what is said when none fits.</summary>
public sealed class CudaCompilerTests
{
    [NeedingTheory(Need.HostCompilers)]
    [InlineData(9, 0, 90)]
    [InlineData(12, 0, 90)] // newer than the compiler: the device runs code for older ones
    [InlineData(8, 6, 35)]
    public void The_newest_architecture_that_the_device_runs_is_compiled_for(int major, int minor, int expected)
    {
        using var fake = new FakeCuda { ["major"] = major, ["minor"] = minor };
        CudaCompiler compiler = CudaCompiler.For(Device(fake), [fake.Path]).Value.ShouldNotBeNull();
        compiler.Architecture.ShouldBe(expected);
        compiler.Version.ShouldBe(new Version(11, 4));
        compiler.Identity.ShouldContain("11.4");
        compiler.Identity.ShouldContain($"compute_{expected} ");
        Encoding.ASCII.GetString(compiler.Compile("text of a kernel").Value!).ShouldContain($".target sm_{expected}\ntext of a kernel");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_device_older_than_the_compiler_knows_is_named()
    {
        using var fake = new FakeCuda { ["major"] = 6, ["minor"] = 1, ["oldest"] = 75 };
        string reason = CudaCompiler.For(Device(fake), [fake.Path]).Error.ShouldNotBeNull();
        reason.ShouldContain("compute capability 7.5 and newer");
        reason.ShouldContain("has compute capability 6.1");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_compiler_newer_than_the_driver_is_passed_over_for_one_that_fits()
    {
        using var newer = new FakeCuda { ["driver"] = 12040, ["nvrtc"] = 1300 };
        using var fitting = new FakeCuda { ["nvrtc"] = 1204 };
        CudaDevice device = Device(newer);
        CudaCompiler.For(device, ["libno-such-compiler.so", newer.Path, fitting.Path]).Value.ShouldNotBeNull().Soname.ShouldBe(fitting.Path);
        CudaCompiler.For(device, [newer.Path]).Error.ShouldNotBeNull().ShouldContain("NVRTC 13.0");
        CudaCompiler.For(device, [newer.Path]).Error.ShouldNotBeNull().ShouldContain("of CUDA 12.4 or older");
    }

    [NeedingFact(Need.HostCompilers)]
    public void Without_a_compiler_the_reason_names_what_was_looked_for()
    {
        using var fake = new FakeCuda();
        string reason = CudaCompiler.For(Device(fake), ["libno-such-compiler.so.1", "libc.so.6"]).Error.ShouldNotBeNull();
        reason.ShouldContain("libno-such-compiler.so.1, libc.so.6");
        reason.ShouldContain("Fake GPU 0");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_program_that_does_not_compile_comes_back_as_the_compilers_words()
    {
        using var fake = new FakeCuda { ["compile"] = 6 };
        CudaCompiler compiler = CudaCompiler.For(Device(fake), [fake.Path]).Value!;
        compiler.Compile("text").Error.ShouldNotBeNull().ShouldStartWith("kernel.cu(1): error: told to fail");
        fake["compile"] = 7;
        compiler.Compile("text").Error.ShouldNotBeNull().ShouldStartWith("NVRTC_ERROR_BUILTIN_OPERATION_FAILURE");
    }

    private static CudaDevice Device(FakeCuda fake) => CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
}
