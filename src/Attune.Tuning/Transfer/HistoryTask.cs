using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>What was measured of one task on one device, for searches of other tasks or devices to learn from. Immutable.</summary>
/// <param name="Key">Key of the task: the workload as text, or any name when there is none.</param>
/// <param name="Device">Fingerprint id or name of the device.</param>
/// <param name="Space">Space that the observations index.</param>
/// <param name="Observations">Outcomes; a point may occur once.</param>
public sealed record HistoryTask(string Key, string Device, Space Space, ImmutableArray<Observation> Observations)
{
    /// <summary>Number of observations with a time.</summary>
    public int Timed => Observations.Count(observation => observation.IsTimed);

    /// <summary>The whole recording of a device as history.</summary>
    /// <param name="device">The recording.</param>
    /// <param name="key">Key of the task; null takes the recording's name.</param>
    public static HistoryTask Of(RecordedDevice device, string? key = null)
    {
        var observations = ImmutableArray.CreateBuilder<Observation>();
        foreach (long index in device.Space.Listed!.Value)
        {
            var result = device.Measure(index);
            observations.Add(new Observation(index, result.Outcome, result.MedianMs));
        }

        return new HistoryTask(key ?? device.Name, device.Name, device.Space, observations.ToImmutable());
    }
}
