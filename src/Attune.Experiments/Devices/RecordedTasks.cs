using System.Collections.Immutable;
using Attune.Experiments.Setup;
using Attune.Measuring;
using Attune.Tuning.Recorded;
using Attune.Tuning.Run;

namespace Attune.Experiments.Devices;

/// <summary>
/// Recorded devices as an experiment's device: each file is one task in a group of its own. What a trial costs is what it cost when it was recorded.
/// </summary>
public sealed class RecordedTasks : ITaskDevice
{
    private readonly Dictionary<string, RecordedDevice> devices;

    /// <summary>Takes devices over.</summary>
    /// <param name="recorded">The devices; their names must differ.</param>
    /// <param name="signature">Hash of the files' contents.</param>
    /// <exception cref="ArgumentException">Two devices have one name.</exception>
    public RecordedTasks(IReadOnlyCollection<RecordedDevice> recorded, string signature)
    {
        if (recorded.GroupBy(device => device.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two recorded devices are called '{twice.Key}'; rename one of the files.", nameof(recorded));
        }

        devices = recorded.ToDictionary(device => device.Name, StringComparer.Ordinal);
        Signature = signature;
        Tasks =
        [
            .. recorded.Select(device => new ExperimentTask(device.Name, new TuningTask(device.Name, device.Name, device.Space, -1, 1, 0))
            {
                OptimumMs = double.IsFinite(device.BestMs) ? device.BestMs : null,
            }),
        ];
    }

    /// <summary>One task per device.</summary>
    public ImmutableArray<ExperimentTask> Tasks { get; }

    /// <inheritdoc/>
    public string Description => $"recorded devices {string.Join(", ", devices.Values.Select(device => $"{device.Name} ({device.Points} configurations)"))}";

    /// <inheritdoc/>
    public string Signature { get; }

    /// <summary>The device behind a task.</summary>
    /// <param name="task">One of <see cref="Tasks"/>.</param>
    public RecordedDevice DeviceOf(ExperimentTask task) => devices[task.Tuning.Key];

    /// <inheritdoc/>
    public Task<TaskMeasurement> MeasureAsync(ExperimentTask task, long index, string asker, int seed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        RecordedDevice device = DeviceOf(task);
        MeasureResult result = device.Measure(index);
        return Task.FromResult(new TaskMeasurement(result.Outcome, result.MedianMs, device.CostOf(index).TotalMilliseconds));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
