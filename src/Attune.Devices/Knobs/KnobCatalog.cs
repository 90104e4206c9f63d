using System.Collections.Immutable;
using Attune.Devices.Cpu;

namespace Attune.Devices.Knobs;

/// <summary>Every knob that this machine has. A knob that is absent is a capability less, never an error. Stateless.</summary>
internal static class KnobCatalog
{
    // Programs that set clocks by themselves: two masters of one knob undo each other's work.
    private static readonly string[] Governors = ["tuned", "thermald", "power-profiles-", "auto-cpufreq", "nvfancontrol", "tlp"];

    /// <summary>Finds them.</summary>
    /// <param name="root">Where the system's files are; tests put a machine of their own there.</param>
    /// <param name="processors">Processors that the process may use; 0 to find out.</param>
    /// <param name="nvidia">True to look for NVIDIA devices too; they are not below <paramref name="root"/>.</param>
    public static ImmutableArray<IKnob> Discover(string root = "/", int processors = 0, bool nvidia = true)
    {
        var files = new SystemFiles(root);
        IKnob?[] others = [BandwidthKnob.Discover(files, processors > 0 ? processors : UsableProcessors.Count), AffinityKnob.Discover()];
        return [.. FrequencyKnobs.Discover(files), .. nvidia ? NvmlClockKnob.Discover() : [], .. others.OfType<IKnob>()];
    }

    /// <summary>Running programs that also set clocks, by name; empty when there are none.</summary>
    /// <param name="root">Where the system's files are.</param>
    public static ImmutableArray<string> OtherGovernors(string root = "/")
    {
        var files = new SystemFiles(root);
        return
        [
            .. files.Folders("/proc", string.Empty).Where(folder => folder.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0)
                .Select(folder => files.Text($"{folder}/comm")).OfType<string>()
                .Where(name => Governors.Any(known => name.StartsWith(known, StringComparison.Ordinal))).Distinct().Order(StringComparer.Ordinal),
        ];
    }
}
