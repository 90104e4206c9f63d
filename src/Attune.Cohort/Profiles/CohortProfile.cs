using System.Collections.Immutable;
using Attune.Kernels.Backends;

namespace Attune.Cohort.Profiles;

/// <summary>
/// What one network costs on one machine: the time (and energy, where it is known) of every stage, in every variant, at every setting of the machine's knobs.
/// Settings are all measured ones; nothing is filtered here. Immutable.
/// </summary>
public sealed record CohortProfile
{
    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Fingerprint of the machine, or of the device with memory of its own, that it was measured on.</summary>
    public required string Machine { get; init; }

    /// <summary>How that device is called on its machine. Default: its processors.</summary>
    public DeviceName Device { get; init; } = DeviceName.Cpu;

    /// <summary>How it was made, in one sentence.</summary>
    public required string Origin { get; init; }

    /// <summary>File of the model that it was measured with, relative to the profile's own folder; null where that was not kept.</summary>
    public string? Model { get; init; }

    /// <summary>Where energies come from.</summary>
    public EnergySource Energy { get; init; }

    /// <summary>Power of the machine in its deepest state between jobs, milliwatts; null where it is not known.</summary>
    public double? RestPowerMw { get; init; }

    /// <summary>The knobs, at least one.</summary>
    public required ImmutableArray<ProfileKnob> Knobs { get; init; }

    /// <summary>The stages in order of execution, at least one.</summary>
    public required ImmutableArray<ProfileStage> Stages { get; init; }

    /// <summary>The variants; the first is exact.</summary>
    public required ImmutableArray<ProfileVariant> Variants { get; init; }

    /// <summary>The settings, at least one, no two with the same values.</summary>
    public required ImmutableArray<ProfileSetting> Settings { get; init; }

    /// <summary>True when it tells at every setting what another network beside this one costs; profiles of before that was measured do not.</summary>
    public bool HasContention => Settings.All(setting => setting.Contention is not null);

    /// <summary>Time of the whole network at one setting in one variant, microseconds.</summary>
    public double TotalUs(int setting, int variant) => Settings[setting].Variants[variant].StageUs.Sum();

    /// <summary>The setting at which the exact network is fastest.</summary>
    public int FastestSetting() => Enumerable.Range(0, Settings.Length).MinBy(setting => TotalUs(setting, 0));

    /// <summary>A setting as people read it, for example <c>threads=2</c>.</summary>
    public string SettingText(int setting) => string.Join(' ', Knobs.Zip(Settings[setting].Values, (knob, value) => $"{knob.Id}={value}"));
}
