namespace Attune.Measuring.Workers;

/// <summary>What a worker is doing.</summary>
internal enum WorkerStage
{
    /// <summary>Started, waiting for its first request.</summary>
    Ready,

    /// <summary>Making what the candidates of a task share.</summary>
    Preparing,

    /// <summary>Building the candidate.</summary>
    Building,

    /// <summary>Timing it.</summary>
    Running,

    /// <summary>Comparing its output with the reference.</summary>
    Verifying,

    /// <summary>Finished; the reply carries the result.</summary>
    Done,
}
