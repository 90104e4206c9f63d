using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attune.Measuring;
using Attune.Tuning.Recorded;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Comparison;

/// <summary>A recorded device to compare searchers on, with what those that learn may know beforehand. Several spaces may share one device.</summary>
/// <param name="Name">Name in the report, unique in the comparison.</param>
/// <param name="Device">The device.</param>
/// <param name="History">Earlier tunes for entries with <see cref="TunerEntry.Learns"/>; null for none.</param>
/// <param name="HistoryName">What the history is, for journal and report; empty without one.</param>
/// <param name="TaskKey">Key of the task that the device computes; empty when unknown.</param>
public sealed record BenchmarkSpace(string Name, RecordedDevice Device, TuningHistory? History = null, string HistoryName = "", string TaskKey = "")
{
    private string? signature;

    /// <summary>
    /// Hash of every configuration with its outcome, time and cost: searches of another recording under the same name are never taken for those of this one.
    /// </summary>
    internal string Signature => signature ??= Hash();

    /// <summary>A device by itself.</summary>
    public static BenchmarkSpace Of(RecordedDevice device) => new(device.Name, device);

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string knob in Device.Space.Knobs.Select(knob => $"{knob.Name}={string.Join(' ', knob.Labels)};"))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(knob));
        }

        foreach (long point in Device.Space.Listed!.Value.Order())
        {
            MeasureResult result = Device.Measure(point);
            hash.AppendData(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{point} {result.Outcome} {result.MedianMs:R} {Device.CostOf(point).Ticks};")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
