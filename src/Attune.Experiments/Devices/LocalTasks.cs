using Attune.Experiments.Setup;
using Attune.Measuring;
using Attune.Records;

namespace Attune.Experiments.Devices;

/// <summary>
/// This machine as an experiment's device. Tuners share measurements: a configuration is measured once, and whoever asks for it pays what measuring it took.
/// The only thing that no tuner shares is the final latency of its model.
/// </summary>
/// <param name="memo">Measures and remembers.</param>
/// <param name="startMeasurer">Makes a measurer for candidates of a model with so many bytes of weights; disposed with this device.</param>
/// <param name="description">Name of the CPU and number of threads.</param>
/// <param name="signature">Fingerprint id of the CPU, number of threads and version of the templates.</param>
public sealed class LocalTasks(MeasurementMemo memo, Func<long, IMeasurer> startMeasurer, string description, string signature) : ITaskDevice
{
    // A candidate this many times slower than the default is cut short; the measurer's own factors come on top. Such a candidate is the best of no run worth
    // having.
    private const double HopelessFactor = 3;

    private readonly Dictionary<string, double?> limits = [];
    private (long WeightBytes, IMeasurer Measurer)? current;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public string Signature => signature;

    /// <inheritdoc/>
    public async Task<TaskMeasurement> MeasureAsync(ExperimentTask task, long index, string asker, int seed, CancellationToken cancellation)
    {
        IMeasurer measurer = await MeasurerOf(task.WeightBytes);
        if (!limits.TryGetValue(task.Tuning.Key, out double? limit))
        {
            MeasureResult start = await memo.MeasureAsync(task.Tuning, task.Tuning.DefaultIndex, limitMs: null, measurer, "default", 0, cancellation);
            limit = start.Outcome == Outcome.Ok ? HopelessFactor * start.MedianMs : null;
            limits.Add(task.Tuning.Key, limit);
        }

        MeasureResult result = await memo.MeasureAsync(task.Tuning, index, limit, measurer, asker, seed, cancellation);
        return new TaskMeasurement(result.Outcome, result.MedianMs, memo.ElapsedMs(task.Tuning.Key, index));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (current is { } started)
        {
            current = null;
            await started.Measurer.DisposeAsync();
        }
    }

    private async Task<IMeasurer> MeasurerOf(long weightBytes)
    {
        if (current is { } started && started.WeightBytes == weightBytes)
        {
            return started.Measurer;
        }

        await DisposeAsync();
        current = (weightBytes, startMeasurer(weightBytes));
        return current.Value.Measurer;
    }
}
