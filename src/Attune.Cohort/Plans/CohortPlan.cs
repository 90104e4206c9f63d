using System.Collections.Immutable;

namespace Attune.Cohort.Plans;

/// <summary>Which networks run together, what they must keep, and what may be turned to keep it. Read from plan.json. Immutable.</summary>
public sealed record CohortPlan
{
    /// <summary>Most networks of one cohort.</summary>
    public const int MaxMembers = 16;

    /// <summary>Name in reports.</summary>
    public required string Name { get; init; }

    /// <summary>Folder that paths are relative to.</summary>
    public required string Folder { get; init; }

    /// <summary>What the cohort is steered towards.</summary>
    public CohortMode Mode { get; init; }

    /// <summary>Knobs that may be turned; empty for all that the profiles know.</summary>
    public ImmutableArray<string> Knobs { get; init; } = [];

    /// <summary>Meter to read: <c>auto</c>, <c>none</c>, <c>rapl</c>, <c>hwmon</c>, <c>nvml</c> or <c>estimated</c>.</summary>
    public string Meter { get; init; } = "auto";

    /// <summary>How the controller decides.</summary>
    public ControlOptions Control { get; init; } = new();

    /// <summary>The networks, 1 to <see cref="MaxMembers"/>, with different names.</summary>
    public required ImmutableArray<CohortMember> Members { get; init; }

    /// <summary>A path of the plan, made absolute.</summary>
    public string PathOf(string written) => Path.GetFullPath(Path.Combine(Folder, written));
}
