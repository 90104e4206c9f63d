namespace Attune.Devices.Cpu;

/// <summary>Reads the caches of one CPU from sysfs; assumes small common sizes where it does not tell, marked as unknown.</summary>
internal static class CacheReader
{
    /// <summary>Data and unified caches, nearest first; levels 1 and 2 are always present.</summary>
    public static CacheLevel[] Read(SystemFiles files, int cpu)
    {
        var levels = new SortedDictionary<int, CacheLevel>();
        foreach (string folder in files.Folders($"/sys/devices/system/cpu/cpu{cpu}/cache", "index"))
        {
            string? type = files.Text($"{folder}/type");
            int level = (int)(files.Number($"{folder}/level") ?? 0);
            if (type is "Data" or "Unified" && level is >= 1 and <= 4 && SystemFiles.ParseSize(files.Text($"{folder}/size")) is > 0 and long size)
            {
                int line = (int)(files.Number($"{folder}/coherency_line_size") ?? 64);
                int shared = SystemFiles.ParseList(files.Text($"{folder}/shared_cpu_list")).Length;
                levels[level] = new CacheLevel(level, size, line, Math.Max(1, shared));
            }
        }

        // What nearly every processor of the last ten years has at least; too small a guess costs less than too large a one.
        levels.TryAdd(1, new CacheLevel(1, 32 << 10, 64, 1, IsKnown: false));
        levels.TryAdd(2, new CacheLevel(2, 256 << 10, 64, 1, IsKnown: false));
        return [.. levels.Values];
    }
}
