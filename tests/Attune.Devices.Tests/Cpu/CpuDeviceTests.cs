using Attune.Devices.Cpu;

namespace Attune.Devices.Tests.Cpu;

public sealed class CpuDeviceTests
{
    private static readonly CpuIdentity Identity = new("GenuineIntel", "Some Xeon", 6, 106, 6, IsVirtualised: false);

    [Fact]
    public void This_machine_is_detected_without_contradictions()
    {
        CpuDevice device = CpuDevice.Detect();

        device.Identity.Vendor.ShouldNotBeEmpty();
        device.AllowedCpus.ShouldNotBeEmpty();
        device.UsableThreads.ShouldBeInRange(1, device.AllowedCpus.Length);
        device.PhysicalCores.ShouldBeInRange(1, device.AllowedCpus.Length);
        device.L1Bytes.ShouldBeGreaterThanOrEqualTo(4 << 10);
        device.L2Bytes.ShouldBeGreaterThanOrEqualTo(device.L1Bytes);
        device.LastLevelBytes.ShouldBeGreaterThanOrEqualTo(device.L2Bytes);
        device.MemoryBytes.ShouldBeGreaterThan(1 << 28);
        device.VectorWidths.ShouldBeInOrder();
        device.Fingerprint.ShouldBe(CpuDevice.Detect().Fingerprint);
    }

    [Fact]
    public void A_server_with_hyper_threads_is_read_from_its_files()
    {
        using FakeMachine machine = new FakeMachine()
            .With("/proc/self/status", "Name:\tx\nCpus_allowed_list:\t2-5,70")
            .With("/proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB")
            .With("/sys/devices/system/cpu/cpu2/cpufreq/cpuinfo_max_freq", "3500000")
            .WithCache(2, 0, 1, "Data", "48K", "2,34")
            .WithCache(2, 1, 1, "Instruction", "32K", "2,34")
            .WithCache(2, 2, 2, "Unified", "1280K", "2,34")
            .WithCache(2, 3, 3, "Unified", "36M", "0-31");
        foreach ((int cpu, string siblings) in new[] { (2, "2-3"), (3, "2-3"), (4, "4-5"), (5, "4-5"), (70, "6,70") })
        {
            machine.With($"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", siblings);
        }

        CpuDevice device = CpuDevice.Detect(machine.Files, Identity);

        device.AllowedCpus.ShouldBe([2, 3, 4, 5, 70]);
        device.PhysicalCores.ShouldBe(3);
        device.Caches.ShouldBe([new CacheLevel(1, 48 << 10, 64, 2), new CacheLevel(2, 1280 << 10, 64, 2), new CacheLevel(3, 36 << 20, 64, 32)]);
        device.MemoryBytes.ShouldBe(16384 << 10);
        device.MaxMhz.ShouldBe(3500);
        device.CpuQuota.ShouldBeNull();
        device.UsableThreads.ShouldBe(5);
    }

    [Fact]
    public void A_machine_that_tells_nothing_gets_cautious_values()
    {
        using var machine = new FakeMachine();
        CpuDevice device = CpuDevice.Detect(machine.Files, null);

        device.Identity.Vendor.ShouldBe("unknown");
        device.AllowedCpus.Length.ShouldBe(Environment.ProcessorCount);
        device.Caches.ShouldAllBe(cache => !cache.IsKnown);
        device.L1Bytes.ShouldBe(32 << 10);
        device.MemoryBytes.ShouldBeGreaterThan(0);
        DeviceFingerprint.Parse(device.Fingerprint.Id).ShouldBe(device.Fingerprint);
    }

    [Fact]
    public void An_arm_processor_is_identified_from_cpuinfo()
    {
        using FakeMachine machine = new FakeMachine().With(
            "/proc/cpuinfo",
            "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: "
            + "0xd0c\nCPU revision\t: 1");
        CpuDevice.Detect(machine.Files, null).Identity.ShouldBe(new CpuIdentity("0x41", "unknown", 8, 0xd0c, 1, IsVirtualised: false));
    }

    [Theory]
    [InlineData("150000 100000", 1.5, 1)]
    [InlineData("max 100000", null, 8)]
    [InlineData("400000 100000", 4.0, 4)]
    [InlineData("50000 100000", 0.5, 1)]
    [InlineData("nonsense", null, 8)]
    public void A_quota_of_version_2_groups_limits_the_threads(string max, double? quota, int threads)
    {
        using FakeMachine machine = new FakeMachine()
            .With("/proc/self/status", "Cpus_allowed_list: 0-7")
            .With("/proc/self/cgroup", "0::/kubepods/pod1")
            .With("/sys/fs/cgroup/kubepods/pod1/cpu.max", max);
        CpuDevice device = CpuDevice.Detect(machine.Files, Identity);

        device.CpuQuota.ShouldBe(quota);
        device.UsableThreads.ShouldBe(threads);
    }

    [Fact]
    public void The_tightest_group_on_the_way_up_counts()
    {
        using FakeMachine machine = new FakeMachine()
            .With("/proc/self/cgroup", "0::/a/b")
            .With("/sys/fs/cgroup/a/cpu.max", "200000 100000")
            .With("/sys/fs/cgroup/a/b/cpu.max", "600000 100000")
            .With("/sys/fs/cgroup/a/memory.max", "1073741824")
            .With("/sys/fs/cgroup/a/b/memory.max", "max")
            .With("/proc/meminfo", "MemTotal: 8388608 kB");
        CpuDevice device = CpuDevice.Detect(machine.Files, Identity);

        device.CpuQuota.ShouldBe(2);
        device.MemoryBytes.ShouldBe(1 << 30);
    }

    [Fact]
    public void Limits_of_version_1_groups_are_read_too()
    {
        using FakeMachine machine = new FakeMachine()
            .With("/proc/self/cgroup", "4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n0::/")
            .With("/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "300000")
            .With("/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000")
            .With("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1")
            .With("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000")
            .With("/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "536870912")
            .With("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712")
            .With("/proc/meminfo", "MemTotal: 8388608 kB");
        CpuDevice device = CpuDevice.Detect(machine.Files, Identity);

        device.CpuQuota.ShouldBe(3);
        device.MemoryBytes.ShouldBe(512 << 20);
    }

    [Theory]
    [InlineData(0x00A10F11u, 25, 17, 1)]
    [InlineData(0x000606A6u, 6, 106, 6)]
    [InlineData(0x00000633u, 6, 3, 3)]
    [InlineData(0x00000543u, 5, 4, 3)]
    public void Signatures_decode_as_the_manuals_say(uint signature, int family, int model, int stepping) =>
        CpuidReader.DecodeSignature(signature).ShouldBe((family, model, stepping));

    [Theory]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("5", new[] { 5 })]
    [InlineData("", new int[0])]
    [InlineData(null, new int[0])]
    [InlineData("3-1", new int[0])]
    [InlineData("0-99999999999", new int[0])]
    [InlineData("a-b", new int[0])]
    public void Lists_are_parsed_or_empty(string? text, int[] expected) => SystemFiles.ParseList(text).ShouldBe(expected);

    [Theory]
    [InlineData("32K", 32L << 10)]
    [InlineData("32M", 32L << 20)]
    [InlineData("512", 512L)]
    [InlineData("-4K", null)]
    [InlineData("K", null)]
    [InlineData("", null)]
    public void Sizes_are_parsed_or_null(string text, long? expected) => SystemFiles.ParseSize(text).ShouldBe(expected);
}
