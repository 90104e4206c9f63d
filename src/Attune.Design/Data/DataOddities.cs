using System.Collections.Immutable;

namespace Attune.Design.Data;

/// <summary>Says what is odd about measured devices: one sentence for each cause, however many devices it concerns. Pure.</summary>
internal static class DataOddities
{
    /// <summary>The sentences.</summary>
    /// <param name="devices">Devices, each with its number of values that stand for "not measured".</param>
    /// <param name="copies">Groups of devices that are copies of each other.</param>
    public static ImmutableArray<string> Of(ImmutableArray<(DeviceColumn Device, int Sentinels)> devices, ImmutableArray<ImmutableArray<DeviceColumn>> copies)
    {
        var sentences = ImmutableArray.CreateBuilder<string>();
        (DeviceColumn Device, int Sentinels)[] gaps = [.. devices.Where(device => device.Sentinels > 0)];
        if (gaps.Length > 0)
        {
            string where = string.Join(", ", gaps.Select(gap => $"{gap.Device.Name} ({gap.Sentinels})"));
            string what = $"{Count(gaps.Sum(gap => gap.Sentinels), "value")} on {Count(gaps.Length, "device")}";
            sentences.Add($"{what}: not above 0 and finite, so that those designs count as unsupported there, never as fast: {where}.");
        }

        string[] constant = [.. devices.Where(device => device.Device.IsConstant).Select(device => device.Device.Name)];
        if (constant.Length > 0)
        {
            string what = $"All values of {Count(constant.Length, "device")} are equal";
            sentences.Add($"{what}, so that they order no designs and can be neither proxy nor target: {string.Join(", ", constant)}.");
        }

        if (copies.Length > 0)
        {
            string groups = string.Join("; ", copies.Select(group => string.Join(" = ", group.Select(device => device.Name))));
            sentences.Add($"{Count(copies.Length, "group")} of devices agree within a few percent on every design; count each as one device: {groups}.");
        }

        return sentences.ToImmutable();
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
