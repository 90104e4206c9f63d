using Attune.Contracts.Backends;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Local;

public sealed class LocalDeviceTests
{
    private static readonly LocalDevice OnGpu = LocalDevice.On(DeviceName.Cuda(1));

    [Fact]
    public void The_machine_as_it_is_needs_no_parts()
    {
        LocalDevice.Parse("local").Value.ShouldBe(LocalDevice.Usual);
        LocalDevice.Parse("local:device=cpu").Value.ShouldBe(LocalDevice.Usual);
        LocalDevice.Parse("local:device=cuda:1").Value.ShouldBe(OnGpu);
    }

    [Fact]
    public void Parts_come_in_any_order()
    {
        LocalDevice.Parse("local:tuned,batch=4,lanes=4,threads=1").Value.ShouldBe(new LocalDevice(1, 4, 4, Tuned: true));
        LocalDevice.Parse("local:tuned,batch=4, device=opencl:0").Value.ShouldBe(new LocalDevice(1, 1, 4, Tuned: true) { Device = DeviceName.OpenCl(0) });
    }

    [Fact]
    public void Every_way_of_running_is_read_back_from_its_text()
    {
        foreach (LocalDevice way in Ways())
        {
            LocalDevice.Parse(way.ToString()).Value.ShouldBe(way);
        }

        Ways().Select(way => way.ToString()).Distinct().Count().ShouldBe(Ways().Count());
    }

    [Theory]
    [InlineData("remote", "no device of this machine")]
    [InlineData("local:threads=0", "does not name 1 to")]
    [InlineData("local:threads=100000", "does not name 1 to")]
    [InlineData("local:lanes=5", "vector width")]
    [InlineData("local:batch=0", "batch of 1 to 1024")]
    [InlineData("local:batch=1025", "batch of 1 to 1024")]
    [InlineData("local:tuned=yes", "has no meaning")]
    [InlineData("local:thread=1", "has no meaning")]
    [InlineData("local:", "has no meaning")]
    [InlineData("local:device=gpu", "'gpu' is no device; devices are called cpu, opencl:0, cuda:0")]
    [InlineData("local:device=", "'' is no device")]
    [InlineData("local:device", "has no meaning")]
    [InlineData("local:threads=1,device=opencl:0", "'threads=1' has no meaning on opencl:0")]
    [InlineData("local:device=cuda:0,lanes=8", "'lanes=8' has no meaning on cuda:0")]
    public void Anything_else_is_explained(string text, string message)
    {
        LocalDevice.Parse(text).Error.ShouldNotBeNull().ShouldContain(message);
    }

    [Fact]
    public void Every_way_of_running_has_a_key_of_its_own_that_leads_back()
    {
        DeviceProfile processors = DeviceProfile.Cpu;
        LocalDevice[] ways = [new(1, 4, 1, false), new(1, 4, 1, true), new(1, 4, 2, false), new(2, 4, 1, false), new(1, HostTarget.Widest.Lanes * 2, 1, false)];
        ways.Select(way => way.KeyOn(processors)).Distinct().Count().ShouldBe(ways.Length);
        foreach (LocalDevice way in ways[..4])
        {
            DeviceKey key = way.KeyOn(processors);
            DeviceKey.Parse(key.ToString()).ShouldBe(key);
            LocalDevice.Of(key).ShouldBe(way);
        }

        LocalDevice.Of(ways[0].KeyOn(processors) with { Hardware = "elsewhere" }).ShouldBeNull();
        LocalDevice.Of(ways[0].KeyOn(processors) with { Runtime = "tflite-v4" }).ShouldBeNull();
    }

    [Fact]
    public void The_key_of_a_device_names_what_it_is_and_not_its_place()
    {
        using var backend = new InterpretedBackend();
        DeviceKey key = LocalDevice.On(DeviceName.OpenCl(0)).KeyOn(backend.Profile);
        key.Hardware.ShouldBe("opencl-interpreter-000000");
        key.Runtime.ShouldEndWith("-opencl");
        (key.Threads, key.Batch, key.Tuned).ShouldBe((1, 1, false));
        DeviceKey.Parse(key.ToString()).ShouldBe(key);
        LocalDevice.On(DeviceName.OpenCl(7)).KeyOn(backend.Profile).ShouldBe(key);
        (LocalDevice.On(DeviceName.OpenCl(0)) with { Batch = 2 }).KeyOn(backend.Profile).ShouldNotBe(key);
        LocalDevice.On(DeviceName.OpenCl(0)).KeyOn(backend.Profile with { Id = "opencl-other-111111" }).ShouldNotBe(key);

        // It is not on this machine.
        LocalDevice.Of(key).ShouldBeNull();
        DesignSession.TargetOf(key).ShouldBe(new KernelTarget { Kind = TargetKind.OpenCl, Lanes = 1 });
    }

    [NeedingFact(Need.OpenCl)]
    public void The_key_of_a_device_of_OpenCL_leads_back_to_it()
    {
        LocalDevice way = LocalDevice.On(DeviceName.OpenCl(0)) with { Batch = 2, Tuned = true };
        DeviceKey key = way.KeyOn(way.Find().Value.ShouldNotBeNull());
        LocalDevice.Of(key).ShouldBe(way);
        key.Hardware.ShouldNotBe(DeviceProfile.Cpu.Id);
    }

    [Theory]
    [InlineData("opencl:99")]
    [InlineData("cuda:99")]
    public void A_device_that_is_missing_is_an_error_that_says_so(string name)
    {
        LocalDevice way = LocalDevice.On(DeviceName.Parse(name));
        TargetMissing missing = way.Find().Error.ShouldBeOfType<TargetMissing>();
        missing.Target.ShouldBe(way);
        missing.Message.ShouldBe($"{name} cannot be used here: {missing.Reason}.");
        missing.Reason.ShouldNotBeNullOrWhiteSpace();
        OpenedDevice.Open(way, TimeProvider.System).Error.ShouldBeOfType<TargetMissing>();
    }

    private static IEnumerable<LocalDevice> Ways() =>
        from tuned in new[] { false, true }
        from batch in new[] { 1, 2, 1024 }
        from way in (LocalDevice[])
        [
            LocalDevice.Usual, new(1, 4, 1, false),
            new(Environment.ProcessorCount, HostTarget.Widest.Lanes / 2 >= 4 ? HostTarget.Widest.Lanes / 2 : 4, 1, false),
            OnGpu, LocalDevice.On(DeviceName.Cuda(0)), LocalDevice.On(DeviceName.OpenCl(0)),
        ]
        select way with { Batch = batch, Tuned = tuned };
}
