using System.Collections.Immutable;

namespace Attune.Cohort.Profiles;

/// <summary>One system configuration: a value for every knob, and what the network costs there.</summary>
/// <param name="Values">Value of each knob, in the order of the profile's knobs.</param>
/// <param name="Variants">Costs of each variant, in the order of the profile's variants.</param>
public sealed record ProfileSetting(ImmutableArray<double> Values, ImmutableArray<StageTimes> Variants)
{
    /// <summary>Largest <see cref="Contention"/>.</summary>
    public const double MaxContention = 16;

    /// <summary>
    /// Time of the exact network while another copy of it runs all the time, over its time alone, 1 to <see cref="MaxContention"/>: stages of both share the
    /// machine where there is room for both, and take turns where there is not. Null where it was not measured.
    /// </summary>
    public double? Contention { get; init; }

    /// <summary>Power of the machine at this setting while nothing runs, milliwatts; null where it is not known.</summary>
    public double? IdlePowerMw { get; init; }
}
