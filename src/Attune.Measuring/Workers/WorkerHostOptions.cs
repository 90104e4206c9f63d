namespace Attune.Measuring.Workers;

/// <summary>What a worker needs besides its factory.</summary>
public sealed record WorkerHostOptions
{
    /// <summary>Clock of all timings.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Called on another thread when the parent went away while a candidate is being measured, which may never end by itself. Default: ends the process.
    /// When the worker is idle it simply returns.
    /// </summary>
    public Action Orphaned { get; init; } = static () => Environment.Exit(1);
}
