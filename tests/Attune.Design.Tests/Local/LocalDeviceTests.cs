using Attune.Design.Local;
using Attune.Devices;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Local;

public sealed class LocalDeviceTests
{
    [Fact]
    public void The_machine_as_it_is_needs_no_parts()
    {
        LocalDevice.Parse("local", out string? problem).ShouldBe(LocalDevice.Usual);
        problem.ShouldBeNull();
    }

    [Fact]
    public void Parts_come_in_any_order()
    {
        LocalDevice.Parse("local:tuned,batch=4,lanes=4,threads=1", out _).ShouldBe(new LocalDevice(1, 4, 4, Tuned: true));
        LocalDevice.Parse(new LocalDevice(1, 4, 4, Tuned: true).ToString(), out _).ShouldBe(new LocalDevice(1, 4, 4, Tuned: true));
    }

    [Theory]
    [InlineData("remote", "no device of this machine")]
    [InlineData("local:threads=0", "does not name 1 to")]
    [InlineData("local:threads=100000", "does not name 1 to")]
    [InlineData("local:lanes=5", "vector width")]
    [InlineData("local:batch=0", "batch of 1 to 1024")]
    [InlineData("local:tuned=yes", "has no meaning")]
    [InlineData("local:thread=1", "has no meaning")]
    [InlineData("local:", "has no meaning")]
    public void Anything_else_is_explained(string text, string message)
    {
        LocalDevice.Parse(text, out string? problem).ShouldBeNull();
        problem!.ShouldContain(message);
    }

    [Fact]
    public void Every_way_of_running_has_a_key_of_its_own_that_leads_back()
    {
        var cpu = CpuDevice.Detect();
        LocalDevice[] ways = [new(1, 4, 1, false), new(1, 4, 1, true), new(1, 4, 2, false), new(2, 4, 1, false), new(1, HostTarget.Widest.Lanes * 2, 1, false)];
        ways.Select(way => way.KeyOn(cpu)).Distinct().Count().ShouldBe(ways.Length);
        foreach (LocalDevice way in ways[..4])
        {
            DeviceKey key = way.KeyOn(cpu);
            DeviceKey.Parse(key.ToString()).ShouldBe(key);
            LocalDevice.Of(key, cpu).ShouldBe(way);
        }

        LocalDevice.Of(ways[0].KeyOn(cpu) with { Hardware = "elsewhere" }, cpu).ShouldBeNull();
    }
}
