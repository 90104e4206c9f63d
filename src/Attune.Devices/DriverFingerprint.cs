using System.Security.Cryptography;
using System.Text;

namespace Attune.Devices;

/// <summary>
/// Names a device of a driver by what decides how fast kernels run on it. A new driver compiles other code, so it is another device to the records.
/// </summary>
internal static class DriverFingerprint
{
    private const int MaxNameLength = 48;

    /// <summary>
    /// The id: the kind, the device's name, and six digits of a hash over everything given, as in <c>opencl-NVIDIA_GeForce_GTX_1080_Ti-1f0c9a</c>.
    /// </summary>
    /// <param name="kind">Kind of device, for example "opencl".</param>
    /// <param name="name">Name that the driver gives it.</param>
    /// <param name="parts">What else decides: versions above all.</param>
    public static string Of(string kind, string name, params ReadOnlySpan<string> parts)
    {
        string words = string.Join('_', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        words = string.Concat(words.Take(MaxNameLength).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        byte[] all = Encoding.UTF8.GetBytes(string.Join('\n', [name, .. parts]));
        return $"{kind}-{words}-{Convert.ToHexStringLower(SHA256.HashData(all).AsSpan(0, 3))}";
    }
}
