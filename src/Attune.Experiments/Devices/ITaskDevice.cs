using Attune.Experiments.Setup;

namespace Attune.Experiments.Devices;

/// <summary>
/// Something that tells how fast configurations of an experiment's tasks are. The same configuration always gets the same answer. One caller at a time.
/// </summary>
public interface ITaskDevice : IAsyncDisposable
{
    /// <summary>What it is, for reports.</summary>
    string Description { get; }

    /// <summary>Identifies it: results of devices with different signatures are never mixed.</summary>
    string Signature { get; }

    /// <summary>Tries a configuration.</summary>
    /// <param name="task">The task.</param>
    /// <param name="index">Index in its space.</param>
    /// <param name="asker">Name of the tuner that asks.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<TaskMeasurement> MeasureAsync(ExperimentTask task, long index, string asker, int seed, CancellationToken cancellation);
}
