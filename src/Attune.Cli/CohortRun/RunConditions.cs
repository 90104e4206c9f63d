using System.Collections.Immutable;
using System.Net;
using Attune.Cohort;
using Attune.Cohort.Live;
using Attune.Devices.Meters;

namespace Attune.Cli.CohortRun;

/// <summary>How a cohort was run, for its report.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Mode">Mode in force at the end.</param>
/// <param name="Order">Whose stage ran next.</param>
/// <param name="Meter">Meter, or null.</param>
/// <param name="MilliJoules">Energy of the counted time, or null.</param>
/// <param name="Interrupted">True when the user ended it.</param>
internal sealed record RunConditions(string Policy, CohortMode Mode, string Order, IEnergyMeter? Meter, double? MilliJoules, bool Interrupted)
{
    /// <summary>The last decisions explained, one line per finding.</summary>
    public ImmutableArray<string> Explanations { get; init; } = [];

    /// <summary>What the system did not let it have; null where nothing is watched.</summary>
    public LimitFigures? Limits { get; init; }

    /// <summary>Where it listened; null when it did not.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>The next useful command.</summary>
    public string? Next { get; init; }

    /// <summary>Files that were written.</summary>
    public ImmutableArray<string> Written { get; init; } = [];
}
