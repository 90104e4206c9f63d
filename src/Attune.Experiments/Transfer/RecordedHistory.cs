using Attune.Experiments.Recording;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Experiments.Transfer;

/// <summary>
/// Recorded spaces as history. A space that this program recorded is found again in the templates' space of today, so that it compares with tuning records.
/// </summary>
public static class RecordedHistory
{
    /// <summary>History of one recorded device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="origin">What stands beside a file that this program recorded; null for any other file.</param>
    public static HistoryTask Of(RecordedDevice device, RecordedOrigin? origin)
    {
        if (origin is null || WeightedWorkload.TryParse(origin.Task) is not { } workload || !HostTarget.Widest.Takes(workload.Lanes))
        {
            return HistoryTask.Of(device);
        }

        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        var observations = new List<Observation>();
        for (long index = 0; index < device.Space.Count; index++)
        {
            if (device.Space.IsValid(index) && space.Find(device.Space[index].ToLabels()) is { } point)
            {
                var result = device.Measure(index);
                observations.Add(new Observation(point.Index, result.Outcome, result.Outcome == Outcome.Ok ? result.MedianMs : 0));
            }
        }

        return new HistoryTask(origin.Task, $"{origin.Device}/{origin.Threads}", space, [.. observations]);
    }
}
