using System.Collections.Immutable;

namespace Attune.Design.Data;

/// <summary>Finds devices that are one device under two names: their ratio hardly varies, which two machines never manage.</summary>
public static class DeviceCopies
{
    private const double LargestSpread = 0.03;
    private const int MinDesigns = 10;

    /// <summary>Devices that are copies of each other, directly or through others, in the order of their first ones.</summary>
    /// <param name="devices">Measurements of the same designs.</param>
    /// <returns>Groups of two or more.</returns>
    public static ImmutableArray<ImmutableArray<DeviceColumn>> Groups(ImmutableArray<DeviceColumn> devices)
    {
        int[] first = [.. Enumerable.Range(0, devices.Length)];
        for (int i = 0; i < devices.Length; i++)
        {
            for (int j = i + 1; j < devices.Length; j++)
            {
                if (first[i] != first[j] && AreCopies(devices[i].Values, devices[j].Values))
                {
                    (int kept, int joined) = (Math.Min(first[i], first[j]), Math.Max(first[i], first[j]));
                    first = [.. first.Select(group => group == joined ? kept : group)];
                }
            }
        }

        return
        [
            .. devices.Index().GroupBy(device => first[device.Index], device => device.Item)
                .Where(group => group.Count() > 1).OrderBy(group => group.Key).Select(group => group.ToImmutableArray()),
        ];
    }

    /// <summary>True when the logarithm of the ratio has a standard deviation below 3 % over at least 10 common designs.</summary>
    /// <param name="left">Latencies; NaN where a design does not run.</param>
    /// <param name="right">As many.</param>
    public static bool AreCopies(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        double squares = 0;
        int count = 0;
        double min = double.PositiveInfinity;
        double max = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double ratio = Math.Log(left[i] / right[i]);
            if (double.IsFinite(ratio))
            {
                sum += ratio;
                squares += ratio * ratio;
                count++;
                min = Math.Min(min, left[i]);
                max = Math.Max(max, left[i]);
            }
        }

        // Designs that all take about the same time have small ratios whatever the devices are.
        double spread = Math.Sqrt(Math.Max(0, (squares / Math.Max(1, count)) - (sum * sum / Math.Max(1, (double)count * count))));
        return count >= MinDesigns && spread < LargestSpread && max > min * 1.5;
    }
}
