using System.Net;
using Attune.Cohort.Live;
using Attune.Devices.Thermal;

namespace Attune.Cli.CohortRun;

/// <summary>How a plan is run, checked.</summary>
/// <param name="Policy">Who decides.</param>
/// <param name="Order">Whose stage runs next.</param>
/// <param name="OrderName">The same as users write it.</param>
/// <param name="WarmUp">Time at the beginning that is not counted.</param>
/// <param name="Duration">Time that is counted.</param>
internal sealed record LiveRunOptions(string Policy, DispatchOrder Order, string OrderName, TimeSpan WarmUp, TimeSpan Duration)
{
    /// <summary>The plan's file, as the user named it.</summary>
    public required string Plan { get; init; }

    /// <summary>How many of the last decisions to explain.</summary>
    public int Explained { get; init; }

    /// <summary>Where to write decisions; null for nowhere.</summary>
    public string? Journal { get; init; }

    /// <summary>Temperatures to watch; null where none has a limit.</summary>
    public ThermalSensors? Thermal { get; init; }

    /// <summary>Where to listen for a controller from outside; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }
}
