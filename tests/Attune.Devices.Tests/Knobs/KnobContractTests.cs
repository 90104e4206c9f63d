using Attune.Contracts.Devices;
using Attune.Devices.Knobs;
using Attune.Devices.Knobs.Remote;

namespace Attune.Devices.Tests.Knobs;

/// <summary>Knobs that are files of a machine made up for the test.</summary>
public abstract class FileKnobContract(string id) : KnobContract
{
    private readonly KnobMachine machine = KnobMachine.Jetson();

    protected override IKnob Open() => KnobCatalog.Discover(machine.Root, processors: 4, nvidia: false).Single(knob => knob.Description.Id == id);

    protected override void Dispose(bool disposing) => machine.Dispose();
}

public sealed class ProcessorClockContractTests() : FileKnobContract("cpufreq/policy0");

public sealed class GraphicsClockContractTests() : FileKnobContract("devfreq/17000000.gp10b");

public sealed class MemoryClockContractTests() : FileKnobContract("emc");

public sealed class BandwidthKnobContractTests : KnobContract
{
    private readonly KnobMachine machine = new();

    protected override IKnob Open()
    {
        machine.Put("/proc/self/cgroup", "0::/run-1.scope");
        machine.Put("/sys/fs/cgroup/run-1.scope/cpu.max", "max 100000");
        return KnobCatalog.Discover(machine.Root, processors: 4, nvidia: false).Single(knob => knob.Description.Id == "cgroup/cpu");
    }

    protected override void Dispose(bool disposing) => machine.Dispose();
}

/// <summary>A knob that a writer of its own turns for this program.</summary>
public sealed class RemoteKnobContractTests : KnobContract
{
    private readonly KnobMachine machine = KnobMachine.Jetson();
    private readonly string socket = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.sock");
    private readonly List<IDisposable> open = [];

    protected override IKnob Open()
    {
        if (open.Count == 0)
        {
            open.Add(KnobWriter.Start(
                [.. KnobCatalog.Discover(machine.Root, 4, nvidia: false).Where(knob => knob.Description.Id == "cpufreq/policy0")],
                new KnobWriterOptions
                {
                    SocketPath = socket,
                    Users = [SystemUsers.Current().ShouldNotBeNull()],
                    Notify = _ => { },
                    Session = new KnobSessionOptions { Root = machine.Root, RestorePath = machine.RestorePath, Release = true, Force = true },
                }).OrThrow(problem => new InvalidOperationException(problem)));
            open.Add(RemoteKnobs.Connect(socket).OrThrow(problem => new InvalidOperationException(problem)));
        }

        return ((RemoteKnobs)open[^1]).Knobs[0];
    }

    protected override void Dispose(bool disposing)
    {
        open.AsEnumerable().Reverse().ToList().ForEach(each => each.Dispose());
        machine.Dispose();
    }
}
