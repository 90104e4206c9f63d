using Attune.Cohort.Decision;
using Attune.Cohort.Live.Limits;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Live;

/// <summary>How a cohort runs.</summary>
public sealed record RunningCohortOptions
{
    /// <summary>Name of the policy. Default <c>neuos</c>.</summary>
    public string Policy { get; init; } = "neuos";

    /// <summary>Whose stage runs next. Default: whoever is furthest behind.</summary>
    public DispatchOrder Order { get; init; }

    /// <summary>Processors that stages may use together; 0 for all that the process may use.</summary>
    public int Processors { get; init; }

    /// <summary>Knobs besides the number of threads; null for none. Stays the caller's.</summary>
    public KnobSession? Knobs { get; init; }

    /// <summary>Temperatures to watch; null for none.</summary>
    public ThermalSensors? Thermal { get; init; }

    /// <summary>How heat and capped clocks are watched.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>Energy meter; null for none. Stays the caller's.</summary>
    public IEnergyMeter? Meter { get; init; }

    /// <summary>Keeps the latest decisions; null for none. Read it through <see cref="RunningCohort.Decisions"/> while the cohort runs.</summary>
    public DecisionLog? Log { get; init; }

    /// <summary>A member that does not come to a boundary for this long beyond twice its deadline is freed. Default 1 s (design paper, 1.13).</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time; microseconds count from the start of the cohort.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told about events: members freed, knobs refused or capped, a meter that vanished. Called on any thread; null for nobody.</summary>
    public Action<string>? Notify { get; init; }
}
