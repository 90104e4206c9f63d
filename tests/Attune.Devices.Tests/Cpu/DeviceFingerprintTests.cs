namespace Attune.Devices.Tests.Cpu;

public sealed class DeviceFingerprintTests
{
    private static readonly CpuDevice Device = new()
    {
        Architecture = "x64",
        Identity = new CpuIdentity("AuthenticAMD", "AMD EPYC", 25, 17, 1, IsVirtualised: true),
        AllowedCpus = [0, 1],
        CpuQuota = null,
        PhysicalCores = 2,
        Caches = [new CacheLevel(1, 32 << 10, 64, 1), new CacheLevel(2, 1 << 20, 64, 1), new CacheLevel(3, 32 << 20, 64, 2)],
        MemoryBytes = 1L << 34,
        VectorWidths = [4, 8, 16],
        InstructionSets = ["avx512f"],
        MaxMhz = null,
        CurrentMhz = 2600,
    };

    [Fact]
    public void The_id_is_readable() =>
        Device.Fingerprint.Id.ShouldStartWith("x64-AuthenticAMD-25.17.1-w16-c2-32k.1024k.32768k-");

    [Fact]
    public void Clocks_and_memory_do_not_change_the_device() =>
        (Device with { CurrentMhz = 4000, MaxMhz = 4000, MemoryBytes = 1 }).Fingerprint.Match(Device.Fingerprint).ShouldBe(DeviceMatch.Exact);

    [Fact]
    public void Another_model_with_the_same_vectors_and_near_caches_is_compatible()
    {
        CpuDevice other = Device with { Identity = Device.Identity with { Model = 1, Brand = "AMD EPYC 9654" }, AllowedCpus = [0, 1, 2, 3] };
        Device.Fingerprint.Match(other.Fingerprint).ShouldBe(DeviceMatch.Compatible);
        Device.Fingerprint.Match(other.Fingerprint.Id).ShouldBe(DeviceMatch.Compatible);
    }

    [Fact]
    public void Narrower_vectors_or_another_cache_make_a_different_device()
    {
        Device.Fingerprint.Match((Device with { VectorWidths = [4, 8] }).Fingerprint).ShouldBe(DeviceMatch.Different);
        Device.Fingerprint.Match(
            (Device with { Caches = [new CacheLevel(1, 48 << 10, 64, 1), .. Device.Caches.Skip(1)] }).Fingerprint).ShouldBe(DeviceMatch.Different);
        Device.Fingerprint.Match((Device with { Architecture = "arm64" }).Fingerprint).ShouldBe(DeviceMatch.Different);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x64")]
    [InlineData("x64-a-1.2.3-w16-c2-32k.1024k-12345")]
    [InlineData("x64-a-1.2.3-w16-c2-32k.1024k-123456\n")]
    public void What_is_no_id_is_a_different_device(string id)
    {
        DeviceFingerprint.Parse(id).ShouldBeNull();
        Device.Fingerprint.Match(id).ShouldBe(DeviceMatch.Different);
    }

    [Fact]
    public void Strange_vendors_give_a_valid_id()
    {
        CpuDevice device = Device with { Identity = Device.Identity with { Vendor = "  Shanghai - é\n" } };
        DeviceFingerprint.Parse(device.Fingerprint.Id).ShouldBe(device.Fingerprint);
    }
}
