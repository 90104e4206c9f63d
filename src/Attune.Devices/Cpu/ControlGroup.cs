using System.Globalization;

namespace Attune.Devices.Cpu;

/// <summary>
/// The limits that containers set. Looks through the process's own group and all groups above it, in version 2 and version 1 hierarchies; the tightest one
/// counts.
/// </summary>
internal static class ControlGroup
{
    // Version 1 reports "no limit" as a huge page-rounded number.
    private const long Unlimited = 1L << 60;

    /// <summary>CPU time per wall time that the process may use, in CPUs; null without a limit.</summary>
    public static double? CpuQuota(SystemFiles files)
    {
        double? quota = null;
        foreach (string group in Groups(files, string.Empty))
        {
            string[] parts = files.Text($"/sys/fs/cgroup{group}/cpu.max")?.Split(' ') ?? [];
            if (parts.Length == 2 && TryRatio(parts[0], parts[1], out double ratio))
            {
                quota = Math.Min(quota ?? ratio, ratio);
            }
        }

        foreach (string group in Groups(files, "cpu"))
        {
            foreach (string mount in (string[])["cpu", "cpu,cpuacct"])
            {
                string folder = $"/sys/fs/cgroup/{mount}{group}";
                if (TryRatio(files.Text($"{folder}/cpu.cfs_quota_us"), files.Text($"{folder}/cpu.cfs_period_us"), out double ratio))
                {
                    quota = Math.Min(quota ?? ratio, ratio);
                }
            }
        }

        return quota;
    }

    /// <summary>Memory the process may use, bytes; null without a limit.</summary>
    public static long? MemoryLimit(SystemFiles files)
    {
        IEnumerable<long?> limits = Groups(files, string.Empty).Select(group => files.Number($"/sys/fs/cgroup{group}/memory.max"))
            .Concat(Groups(files, "memory").Select(group => files.Number($"/sys/fs/cgroup/memory{group}/memory.limit_in_bytes")));
        long? tightest = limits.Where(limit => limit is > 0 and < Unlimited).Min();
        return tightest;
    }

    // The path of the process's group in one hierarchy and of every group above it, the root (an empty path) last.
    private static IEnumerable<string> Groups(SystemFiles files, string controller)
    {
        string path = string.Empty;
        foreach (string line in (files.Text("/proc/self/cgroup") ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Trim().Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains(controller))
            {
                path = fields[2].TrimEnd('/');
            }
        }

        while (path.Length > 0 && path[0] == '/')
        {
            yield return path;
            path = path[..path.LastIndexOf('/')];
        }

        yield return string.Empty;
    }

    private static bool TryRatio(string? quota, string? period, out double ratio)
    {
        ratio = 0;
        if (!double.TryParse(quota, NumberStyles.Float, CultureInfo.InvariantCulture, out double q)
            || !double.TryParse(period, NumberStyles.Float, CultureInfo.InvariantCulture, out double p))
        {
            return false;
        }

        ratio = q / p;
        return q > 0 && p > 0;
    }
}
