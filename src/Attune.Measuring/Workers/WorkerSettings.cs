namespace Attune.Measuring.Workers;

/// <summary>How a measurer treats its worker process. Immutable; checked by the constructor of <see cref="WorkerMeasurer"/>.</summary>
public sealed record WorkerSettings
{
    /// <summary>How workers are started.</summary>
    public required WorkerCommand Command { get; init; }

    /// <summary>How candidates are timed.</summary>
    public MeasureOptions Measuring { get; init; } = MeasureOptions.Default;

    /// <summary>Time in which a started worker must report ready. Default 30 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time to prepare a task (inputs and reference result). Default 2 minutes.</summary>
    public TimeSpan PrepareLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time to build, run and verify one candidate; one that takes longer hangs, as far as tuning is concerned. Default 5 s.</summary>
    public TimeSpan CandidateLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Resident memory at which a worker is killed. Unit: bytes; default 4 GiB; 0 for no limit.</summary>
    public long MemoryLimitBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Candidates after which a worker is replaced by a fresh one, which bounds what leaks of generated code can add up to. Default 2000; at least 1.
    /// </summary>
    public int RecycleAfter { get; init; } = 2000;

    /// <summary>Attempts to start a worker before giving up. Default 3; at least 1.</summary>
    public int StartAttempts { get; init; } = 3;

    /// <summary>Clock of the limits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    internal void Validate()
    {
        Measuring.Validate();
        if (StartLimit <= TimeSpan.Zero
            || PrepareLimit <= TimeSpan.Zero
            || CandidateLimit <= TimeSpan.Zero
            || MemoryLimitBytes < 0
            || RecycleAfter < 1
            || StartAttempts < 1)
        {
            throw new ArgumentException(
                "Worker settings need limits above zero, a memory limit of at least 0 and at least one candidate per worker and start attempt.");
        }
    }
}
