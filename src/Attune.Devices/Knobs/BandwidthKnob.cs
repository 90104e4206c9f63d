using System.Collections.Immutable;
using System.Globalization;
using Attune.Devices.Cpu;

namespace Attune.Devices.Knobs;

/// <summary>
/// The share of processor time of the process's own control group, version 2 (design paper, 5.6). The period is short: the usual 100 ms could stall a job for
/// as long.
/// </summary>
internal static class BandwidthKnob
{
    private const int PeriodUs = 10_000;
    private const int Step = 25;

    /// <summary>The knob; null where the group has no <c>cpu.max</c>.</summary>
    public static IKnob? Discover(SystemFiles files, int processors)
    {
        string? line = (files.Text("/proc/self/cgroup") ?? string.Empty).Split('\n').FirstOrDefault(group => group.StartsWith("0::", StringComparison.Ordinal));
        string path = $"/sys/fs/cgroup{line?[3..].Trim().TrimEnd('/')}/cpu.max";
        if (line is null || files.Text(path) is null)
        {
            return null;
        }

        ImmutableArray<long> values = [.. Enumerable.Range(1, Math.Max(1, processors * 100 / Step)).Select(i => (long)i * Step)];
        return new FileKnob(
            files,
            new Knob("cgroup/cpu", "percent", values, BeyondProcess: true),
            [(path, value => string.Create(CultureInfo.InvariantCulture, $"{value * PeriodUs / 100} {PeriodUs}"))],
            () => Percent(files.Text(path), processors),
            [path]);
    }

    private static long? Percent(string? text, int processors)
    {
        string[] parts = (text ?? string.Empty).Split(' ');
        return parts is ["max", ..] ? processors * 100L
            : parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long quota)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long period) && period > 0
                ? quota * 100 / period : null;
    }
}
