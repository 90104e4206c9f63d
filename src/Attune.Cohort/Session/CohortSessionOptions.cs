using Attune.Cohort.Live;
using Attune.Cohort.Policies;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Session;

/// <summary>How the networks of a plan are run. Immutable.</summary>
public sealed record CohortSessionOptions
{
    /// <summary>Name of the policy that decides, one of <see cref="PolicyCatalog.Names"/>. Default: <c>neuos</c>.</summary>
    public string Policy { get; init; } = PolicyCatalog.NeuOs;

    /// <summary>Whose stage runs next. Default: whoever is furthest behind.</summary>
    public DispatchOrder Order { get; init; }

    /// <summary>Time at the beginning that is not counted, at least zero. Default: 1 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that is counted, above zero. Default: 30 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of the last decisions to keep for the result, at least 0. Default: 0.</summary>
    public int KeptDecisions { get; init; }

    /// <summary>Path of a file to write all decisions to, replaced if it exists; null writes none.</summary>
    public string? Journal { get; init; }

    /// <summary>Knobs besides the number of threads; null for none. Stays the caller's.</summary>
    public KnobSession? Knobs { get; init; }

    /// <summary>Energy meter; null for none. Stays the caller's.</summary>
    public IEnergyMeter? Meter { get; init; }

    /// <summary>Temperatures to watch; null for none.</summary>
    public ThermalSensors? Thermal { get; init; }

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it and what is allowed.</exception>
    public CohortSessionOptions Validated()
    {
        string? problem = !PolicyCatalog.Names.Contains(Policy) ? $"there is no policy '{Policy}', only {string.Join(", ", PolicyCatalog.Names)}"
            : WarmUp < TimeSpan.Zero ? $"WarmUp {WarmUp} is below zero"
            : Duration <= TimeSpan.Zero ? $"Duration {Duration} is not above zero"
            : KeptDecisions < 0 ? $"KeptDecisions {KeptDecisions} is below 0"
            : null;
        return problem is null ? this : throw new ArgumentException($"Options of a cohort's run: {problem}.");
    }
}
