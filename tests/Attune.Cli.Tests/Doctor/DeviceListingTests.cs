using System.Text.Json;
using Attune.Cli.Doctor;
using Attune.Cli.Output;
using Attune.Devices.Cuda;

namespace Attune.Cli.Tests.Doctor;

/// <summary>How devices are listed, and what is said when there is none.</summary>
public sealed class DeviceListingTests
{
    [NeedingFact(Need.HostCompilers)]
    public void A_CUDA_device_is_described_with_its_compiler()
    {
        using var fake = new FakeCuda { ["major"] = 12, ["minor"] = 1, ["memory"] = 12L << 30 };
        DeviceListing listing = List(fake, fake.Path);
        listing.Missing.ShouldBeNull();
        listing.Lines[0].ShouldBe("cuda:0: Fake GPU 0 (compute capability 12.1; driver for CUDA 12.4)");
        listing.Lines[1].ShouldBe("28 multiprocessors, 12.0 GiB of memory, 2.25 MiB of L2; groups of 1024 lanes that share 48.0 KiB and 65536 registers");
        listing.Lines[2].ShouldBe($"compiler NVRTC 11.4 ({fake.Path}), for compute capability 9.0");
    }

    [NeedingFact(Need.HostCompilers)]
    public void A_device_without_a_compiler_says_what_is_missing()
    {
        using var fake = new FakeCuda { ["devices"] = 2 };
        DeviceListing listing = List(fake, "libno-such-compiler.so");
        listing.Devices.Length.ShouldBe(2);
        listing.Lines.Length.ShouldBe(6);
        listing.Lines[5].ShouldStartWith("no compiler: no NVRTC, the compiler for Fake GPU 1 (looked for libno-such-compiler.so)");
        listing.Missing.ShouldNotBeNull().ShouldContain("Fake GPU 0");
    }

    [Fact]
    public void Without_a_driver_the_reason_is_all_there_is()
    {
        DeviceListing listing = DeviceListing.OfCuda("no driver", _ => throw new InvalidOperationException("There is no device to ask about."));
        listing.Lines.ShouldBeEmpty();
        listing.Missing.ShouldBe("no driver");
    }

    [Fact]
    public async Task A_probe_prints_what_the_one_who_asks_reads()
    {
        CliRun run = await CliRun.Of("device-probe", "cuda", "--json");
        run.Exit.ShouldBe(ExitCode.Done);
        DeviceListing read = DeviceProbeCommand.Read(run.Output);
        (read.Lines.IsEmpty ? read.Missing is not null : read.Devices.Length > 0).ShouldBeTrue(run.ToString());
        (await CliRun.Of("device-probe", "cpu", "--json")).ErrorCode.ShouldBe(ErrorCodes.BadValue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"devices": []}""")]
    [InlineData("""driver: hello {"devices": [], "lines": [], "missing": null}""")]
    public void A_list_that_cannot_be_read_is_no_device(string text)
    {
        DeviceListing listing = DeviceProbeCommand.Read(text);
        listing.Devices.ShouldBeEmpty();
        listing.Missing.ShouldNotBeNull().ShouldContain("cannot be read");
    }

    [Fact]
    public void A_list_is_read_as_it_was_printed()
    {
        DeviceListing listing = DeviceProbeCommand.Read("""{"devices": [{"name": "one"}], "lines": ["cuda:0: one", "more"], "missing": "a compiler"}""");
        listing.Lines.ShouldBe(["cuda:0: one", "more"]);
        listing.Missing.ShouldBe("a compiler");
        ((JsonElement)listing.Devices[0]).GetProperty("name").GetString().ShouldBe("one");
    }

    private static DeviceListing List(FakeCuda fake, string compiler) =>
        DeviceListing.OfCuda(CudaDevices.List(CudaLibrary.Load(fake.Path).Value!), device => CudaCompiler.For(device, [compiler]));
}
