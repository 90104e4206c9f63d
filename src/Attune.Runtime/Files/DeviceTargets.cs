using System.Collections.Immutable;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime.Files.Json;

namespace Attune.Runtime.Files;

/// <summary>Devices as a file names them, and what may be believed about them.</summary>
internal static class DeviceTargets
{
    private const int MaxTargets = 64;

    /// <summary>The kind with a name.</summary>
    /// <exception cref="FileDefectException">This version knows none of that name.</exception>
    public static TargetKind KindOf(string name) => DeviceName.FindKind(name) ?? throw new FileDefectException(
        TunedModelFailure.NewerVersion, $"it was tuned for a device of kind '{name}', which this version does not run models on");

    /// <summary>True when vectors can have so many numbers on a device of that kind.</summary>
    public static bool Takes(TargetKind kind, int lanes) => kind == TargetKind.Cpu ? lanes is 4 or 8 or 16 : lanes == 1;

    /// <summary>Makes sure that a file names no more devices than anybody has.</summary>
    /// <exception cref="FileDefectException">It does.</exception>
    public static void RequireFew(int count)
    {
        if (count > MaxTargets)
        {
            throw new FileDefectException(TunedModelFailure.TooLarge, $"it names {count} devices, and {MaxTargets} is the limit");
        }
    }

    /// <summary>The targets besides the manifest's own.</summary>
    /// <exception cref="FileDefectException">They contradict each other or are out of range.</exception>
    public static ImmutableArray<TunedTarget> Read(Manifest manifest, TargetKind own)
    {
        ImmutableArray<TunedTarget> targets = manifest.Targets ?? [];
        var seen = new HashSet<(TargetKind, string)> { (own, manifest.Device) };
        return targets.FirstOrDefault(target => !seen.Add((target.DeviceKind, target.Device)) || target.Threads < 1
            || !Takes(target.DeviceKind, target.VectorLanes)) is { } wrong
            ? throw new FileDefectException(TunedModelFailure.Malformed, $"what it says about the device '{wrong.Device}' is out of range or stands twice")
            : targets;
    }

    /// <summary>The targets of a model besides its own, as they are written; null for none.</summary>
    public static ImmutableArray<TunedTarget>? Write(TunedModel model) =>
        model.OtherTargets.IsEmpty ? null : [.. model.OtherTargets.Select(target => target with { CreatedAt = target.CreatedAt.ToUniversalTime() })];
}
