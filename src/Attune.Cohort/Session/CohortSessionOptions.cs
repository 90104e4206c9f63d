using Attune.Cohort.Live;
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

    /// <summary>Time at the beginning that is not counted. Default: 1 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that is counted. Default: 30 s.</summary>
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
}
