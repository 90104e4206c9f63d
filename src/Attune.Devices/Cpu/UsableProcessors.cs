namespace Attune.Devices.Cpu;

/// <summary>How many threads this process should run at once.</summary>
internal static class UsableProcessors
{
    private static readonly Lazy<int> Found = new(() => Of(Environment.ProcessorCount, ControlGroup.CpuQuota(new SystemFiles())));

    /// <summary>
    /// Processors of the process's affinity mask, or the whole processors of a container's quota when that is tighter (threads that spin on a fraction of a
    /// processor are stopped by the scheduler at the worst moment); at least 1. Read once per process.
    /// </summary>
    public static int Count => Found.Value;

    internal static int Of(int processors, double? quota) => Math.Max(1, Math.Min(processors, quota is { } limit ? (int)limit : int.MaxValue));
}
