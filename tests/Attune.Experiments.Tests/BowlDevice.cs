using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Measuring;

namespace Attune.Experiments.Tests;

/// <summary>A device that knows bowls and counts what it is asked.</summary>
internal sealed class BowlDevice : ITaskDevice
{
    public int Asked { get; private set; }

    public bool EverythingFails { get; init; }

    public Action<int> Before { get; init; } = _ => { };

    public string Description => "a bowl";

    public string Signature { get; init; } = "bowl-1";

    public Task<TaskMeasurement> MeasureAsync(ExperimentTask task, long index, string asker, int seed, CancellationToken cancellation)
    {
        Before(Asked);
        cancellation.ThrowIfCancellationRequested();
        Asked++;
        MeasureResult result = EverythingFails ? MeasureResult.Failed(Records.Outcome.Crash, "broken") : Bowl.Measure(task.Tuning.Space, index);
        return Task.FromResult(new TaskMeasurement(result.Outcome, result.MedianMs, 40));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
