using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Attune.Devices.Cpu;

namespace Attune.Devices;

/// <summary>
/// The processor as this process may use it: identity, the CPUs that affinity and containers leave to it, caches, memory, vector widths, clocks. Everything is
/// detected; what the system does not tell falls back to a cautious value. Immutable.
/// </summary>
public sealed record CpuDevice
{
    /// <summary>Instruction set architecture, lower case: x64, arm64.</summary>
    public required string Architecture { get; init; }

    /// <summary>Maker and model.</summary>
    public required CpuIdentity Identity { get; init; }

    /// <summary>Numbers of the logical CPUs that the affinity mask leaves to the process, ascending.</summary>
    public required ImmutableArray<int> AllowedCpus { get; init; }

    /// <summary>CPU time per wall time that a container grants, in CPUs; null without a quota.</summary>
    public required double? CpuQuota { get; init; }

    /// <summary>Physical cores behind <see cref="AllowedCpus"/>: fewer when two hardware threads of a core are allowed.</summary>
    public required int PhysicalCores { get; init; }

    /// <summary>Data and unified caches of the first allowed CPU, nearest first; levels 1 and 2 are always present.</summary>
    public required ImmutableArray<CacheLevel> Caches { get; init; }

    /// <summary>Memory that the process may use, bytes (the container's limit when it is tighter).</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>32-bit lanes of the usable vector widths, narrowest first: 4, 8, 16.</summary>
    public required ImmutableArray<int> VectorWidths { get; init; }

    /// <summary>Instruction sets that matter to kernels.</summary>
    public required ImmutableArray<string> InstructionSets { get; init; }

    /// <summary>Highest clock that the system announces, MHz; null when it does not.</summary>
    public required double? MaxMhz { get; init; }

    /// <summary>Clock of the first CPU at the time of detection, MHz; null when the system does not tell. In virtual machines often a constant.</summary>
    public required double? CurrentMhz { get; init; }

    /// <summary>Lanes of the widest vectors.</summary>
    public int VectorLanes => VectorWidths[^1];

    /// <summary>
    /// Threads that can run at once: the allowed CPUs, or the whole CPUs of a tighter quota (threads that spin on a fraction of a CPU are stopped by the
    /// scheduler at the worst moment); at least 1.
    /// </summary>
    public int UsableThreads => Math.Max(1, Math.Min(AllowedCpus.Length, CpuQuota is { } quota ? (int)quota : int.MaxValue));

    /// <summary>Size of the first-level data cache, bytes.</summary>
    public long L1Bytes => SizeOf(1);

    /// <summary>Size of the second-level cache, bytes.</summary>
    public long L2Bytes => SizeOf(2);

    /// <summary>Size of the last cache before memory, bytes: the third level, or the second where there is no third.</summary>
    public long LastLevelBytes => Caches[^1].SizeBytes;

    /// <summary>The identity that records and tuned models carry.</summary>
    public DeviceFingerprint Fingerprint => DeviceFingerprint.Of(this);

    /// <summary>Looks at this machine.</summary>
    public static CpuDevice Detect() => Detect(new SystemFiles(), CpuidReader.Read());

    /// <summary>Looks at a machine through its files.</summary>
    internal static CpuDevice Detect(SystemFiles files, CpuIdentity? identity)
    {
        string? info = files.Text("/proc/cpuinfo");
        int[] allowed = SystemFiles.ParseList(SystemFiles.Field(files.Text("/proc/self/status"), "Cpus_allowed_list"));
        if (allowed.Length == 0)
        {
            // Elsewhere than on Linux the runtime's count already respects affinity.
            allowed = [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }

        int first = allowed[0];
        return new CpuDevice
        {
            Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            Identity = identity ?? IdentityFrom(info),
            AllowedCpus = [.. allowed],
            CpuQuota = ControlGroup.CpuQuota(files),
            PhysicalCores = CountCores(files, allowed),
            Caches = [.. CacheReader.Read(files, first)],
            MemoryBytes = Memory(files),
            VectorWidths = [.. VectorSupport.Lanes()],
            InstructionSets = [.. VectorSupport.InstructionSets()],
            MaxMhz = files.Number($"/sys/devices/system/cpu/cpu{first}/cpufreq/cpuinfo_max_freq") / 1000.0,
            CurrentMhz = files.Number($"/sys/devices/system/cpu/cpu{first}/cpufreq/scaling_cur_freq") / 1000.0 ?? Decimal(SystemFiles.Field(info, "cpu MHz")),
        };
    }

    private static CpuIdentity IdentityFrom(string? info) => new(
        SystemFiles.Field(info, "vendor_id") ?? SystemFiles.Field(info, "CPU implementer") ?? "unknown",
        SystemFiles.Field(info, "model name") ?? SystemFiles.Field(info, "Hardware") ?? "unknown",
        Integer(SystemFiles.Field(info, "cpu family") ?? SystemFiles.Field(info, "CPU architecture")),
        Integer(SystemFiles.Field(info, "model") ?? SystemFiles.Field(info, "CPU part")),
        Integer(SystemFiles.Field(info, "stepping") ?? SystemFiles.Field(info, "CPU revision")),
        SystemFiles.Field(info, "flags")?.Split(' ').Contains("hypervisor") == true);

    private static int CountCores(SystemFiles files, int[] allowed)
    {
        var cores = new HashSet<string>(StringComparer.Ordinal);
        foreach (int cpu in allowed)
        {
            string folder = $"/sys/devices/system/cpu/cpu{cpu}/topology";
            cores.Add(files.Text($"{folder}/thread_siblings_list") ?? $"alone {cpu}");
        }

        return cores.Count;
    }

    private static long Memory(SystemFiles files)
    {
        string[] total = SystemFiles.Field(files.Text("/proc/meminfo"), "MemTotal")?.Split(' ') ?? [];
        long physical = total.Length > 0 && long.TryParse(total[0], out long kilobytes) ? kilobytes << 10 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Min(physical, ControlGroup.MemoryLimit(files) ?? physical);
    }

    private static int Integer(string? text)
    {
        bool hexadecimal = text?.StartsWith("0x", StringComparison.OrdinalIgnoreCase) == true;
        return int.TryParse(
            hexadecimal ? text![2..] : text, hexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : 0;
    }

    private static double? Decimal(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private long SizeOf(int level) => Caches.First(cache => cache.Level == level).SizeBytes;
}
