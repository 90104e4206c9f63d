using System.Collections.Immutable;
using Attune.Devices.Cuda;

namespace Attune.Devices.Tests.Cuda;

/// <summary>What is found, and the sentences for what is missing, with a driver that needs no GPU.</summary>
public sealed class CudaDevicesTests
{
    [NeedingFact(Need.HostCompilers)]
    public void Devices_are_listed_with_their_limits()
    {
        using var fake = new FakeCuda { ["devices"] = 2, ["major"] = 8, ["minor"] = 7, ["driver"] = 11040, ["memory"] = 8L << 30, ["registers"] = 32768 };
        ImmutableArray<CudaDevice> devices = List(fake).Value;
        devices.Length.ShouldBe(2);
        CudaDevice second = devices[1];
        second.Number.ShouldBe(1);
        second.Name.ShouldBe("Fake GPU 1");
        second.Capability.ShouldBe(new Version(8, 7));
        second.Architecture.ShouldBe(87);
        second.Driver.ShouldBe(new Version(11, 4));
        second.MemoryBytes.ShouldBe(8L << 30);
        second.Multiprocessors.ShouldBe(28);
        second.ResidentLanes.ShouldBe(1536);
        second.ClockMegahertz.ShouldBe(1777);
        second.MemoryClockMegahertz.ShouldBe(0, "the driver does not tell");
        second.SecondLevelBytes.ShouldBe(2359296);
        second.GroupLanes.ShouldBe(1024);
        second.AxisLanes.ShouldBe((1024, 1024, 64));
        second.AxisGroups.ShouldBe((int.MaxValue, 65535, 65535));
        second.SharedBytes.ShouldBe(48 << 10);
        second.GroupRegisters.ShouldBe(32768);
        second.WarpLanes.ShouldBe(32);
    }

    [Fact]
    public void Without_a_driver_the_reason_names_what_was_looked_for()
    {
        Result<CudaLibrary, string> library = CudaLibrary.Load("libno-such-driver.so.1", "/no/such/folder/libcuda.so");
        library.Succeeded.ShouldBeFalse();
        library.Error.ShouldContain("libno-such-driver.so.1, /no/such/folder/libcuda.so");
        library.Error.ShouldContain("libcuda1");
    }

    [NeedingFact(Need.Linux)]
    public void A_library_that_is_no_driver_is_not_taken_for_one()
    {
        Result<CudaLibrary, string> library = CudaLibrary.Load("libc.so.6");
        library.Error.ShouldNotBeNull().ShouldContain("libc.so.6");
        library.Error.ShouldContain("cuInit");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_machine_without_a_device_says_so()
    {
        using var fake = new FakeCuda { ["devices"] = 0 };
        List(fake).Error.ShouldNotBeNull().ShouldContain("finds no device");
    }

    [NeedingTheory(Need.HostCompilers)]
    [InlineData(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH")]
    [InlineData(999, "CUDA_ERROR_UNKNOWN")]
    [InlineData(12345, "an error without a name")]
    public void A_driver_that_does_not_start_is_quoted(int code, string name)
    {
        using var fake = new FakeCuda { ["init"] = code };
        string reason = List(fake).Error.ShouldNotBeNull();
        reason.ShouldContain("cuInit");
        reason.ShouldContain(name);
        reason.ShouldContain($"({code})");
    }

    private static Result<ImmutableArray<CudaDevice>, string> List(FakeCuda fake) => CudaDevices.List(CudaLibrary.Load(fake.Path).Value!);
}
