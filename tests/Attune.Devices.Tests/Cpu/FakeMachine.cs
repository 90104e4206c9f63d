using Attune.Devices.Cpu;

namespace Attune.Devices.Tests.Cpu;

/// <summary>A folder that looks like the root of another machine.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-machine-").FullName;

    public SystemFiles Files => new(root);

    public FakeMachine With(string path, string text)
    {
        string full = Path.Combine(root, path.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
        return this;
    }

    public FakeMachine WithCache(int cpu, int index, int level, string type, string size, string shared) =>
        With($"/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/level", level.ToString())
            .With($"/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/type", type)
            .With($"/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/size", size)
            .With($"/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/coherency_line_size", "64")
            .With($"/sys/devices/system/cpu/cpu{cpu}/cache/index{index}/shared_cpu_list", shared);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
