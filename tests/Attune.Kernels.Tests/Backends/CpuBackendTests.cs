using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Backends;

public sealed class CpuBackendTests : BackendContract
{
    [Fact]
    public void Its_memory_is_that_of_the_process()
    {
        using IBackend backend = Open();
        using IDeviceMemory memory = backend.Allocate(8);
        memory.Write(0, [1, 2, 3, 4, 5, 6, 7, 8]);
        unsafe
        {
            new Span<byte>(memory.Host, 8).ToArray().ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        }
    }

    [Fact]
    public void A_device_is_known_by_its_name()
    {
        DeviceName.Parse("cpu").ShouldBe(DeviceName.Cpu);
        DeviceName.Cpu.ToString().ShouldBe("cpu");
        DeviceName.TryParse("tpu:3", provider: null, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => DeviceName.Parse("CPU:0")).Message.ShouldContain("cpu");
        using IBackend backend = BackendCatalog.Open(DeviceName.Parse("cpu")).Value.ShouldNotBeNull();
        backend.Device.ShouldBe(DeviceName.Cpu);
    }

    private protected override IBackend Open() => BackendCatalog.Open(DeviceName.Cpu).Value!;

    private protected override KernelSource Doubling(int count) => DoublingVectors(count, 4);
}
