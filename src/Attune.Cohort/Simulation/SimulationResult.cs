using System.Collections.Immutable;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Simulation;

/// <summary>What came of one simulated run.</summary>
public sealed record SimulationResult
{
    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The mode at the end; says something only for policies that have modes.</summary>
    public required CohortMode Mode { get; init; }

    /// <summary>Jobs of each member.</summary>
    public required ImmutableArray<MemberRecord> Members { get; init; }

    /// <summary>Simulated time after the warm-up, microseconds.</summary>
    public required double DurationUs { get; init; }

    /// <summary>Energy of that time, idle included, millijoules; NaN where profiles have none.</summary>
    public required double EnergyMj { get; init; }

    /// <summary>Energy of the times at which at least one job ran, millijoules; NaN where profiles have none.</summary>
    public required double BusyEnergyMj { get; init; }

    /// <summary>How often the setting changed, rests included.</summary>
    public required long Switches { get; init; }

    /// <summary>Time spent at each setting with something running, microseconds.</summary>
    public required ImmutableArray<double> SettingUs { get; init; }

    /// <summary>LAG at the first boundaries after the warm-up.</summary>
    public required ImmutableArray<LagPoint> Trace { get; init; }

    /// <summary>Decisions made, warm-up included.</summary>
    public required long Decisions { get; init; }
}
