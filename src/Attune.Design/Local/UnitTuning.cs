using System.Collections.Immutable;
using Attune.Design.Flow;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Measuring.Workers;
using Attune.Records.Journals;
using Attune.Tuning.Run;
using Attune.Tuning.Session;
using Attune.Tuning.Tasks;

namespace Attune.Design.Local;

/// <summary>Tunes the execution units that designs share, into the tuning records: each once, however many designs have it.</summary>
/// <param name="Tasks">One task for each unit whose kernels can be chosen.</param>
/// <param name="WeightBytes">Bytes of weights that one inference of the largest design reads.</param>
public sealed record UnitTuning(ImmutableArray<TuningTask> Tasks, long WeightBytes)
{
    /// <summary>Collects the units of designs; those that cannot be built have none.</summary>
    /// <param name="session">The family.</param>
    /// <param name="device">How they run.</param>
    /// <param name="profile">The device, as <see cref="LocalDevice.Find"/> gives it.</param>
    /// <param name="points">The designs.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<UnitTuning> OfAsync(
        DesignSession session, LocalDevice device, DeviceProfile profile, IReadOnlyList<SpacePoint> points, CancellationToken cancellation)
    {
        UnitEncoder encoder = session.EncoderOf(device.KeyOn(profile));
        var counts = new Dictionary<string, (WeightedWorkload Workload, int Count)>(StringComparer.Ordinal);
        long weightBytes = 0;
        foreach (SpacePoint point in points)
        {
            if ((await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                weightBytes = Math.Max(weightBytes, design.Footprint.WeightBytes);
                foreach (WeightedWorkload workload in design.Units.Select(unit => unit.Workload).OfType<WeightedWorkload>())
                {
                    counts[workload.Key] = (workload, counts.GetValueOrDefault(workload.Key).Count + 1);
                }
            }
        }

        // The records are those that tunes of whole models go on from, so other classes of sharing work are timed as there.
        var factory = new TuningTaskFactory(TaskPurpose.Model, device.TargetOn(profile), device.Threads);
        return new UnitTuning([.. counts.Values.Select(pair => factory.Of(pair.Workload, pair.Count))], weightBytes);
    }

    /// <summary>Tunes.</summary>
    /// <param name="options">Budget, seed, records and workers; device and threads must be those of the designs.</param>
    /// <param name="progress">Told what happens.</param>
    /// <param name="clock">Time.</param>
    /// <param name="cancellation">Stops the search; what was found is in the records.</param>
    /// <exception cref="JournalException">The records cannot be used.</exception>
    /// <exception cref="WorkerUnavailableException">No worker process starts.</exception>
    public Task<TuningReport> RunAsync(TuneOptions options, IProgress<TuneEvent> progress, TimeProvider clock, CancellationToken cancellation) =>
        new KernelSearch(options, clock).RunAsync(Tasks, WeightBytes, progress, cancellation);
}
