using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Devices;

/// <summary>
/// Names a device by what decides how fast kernels run on it. The id is readable and carries everything that matching needs, so records need no table of
/// devices: architecture, vendor, family.model.stepping, w + vector lanes, c + CPUs of the process, the caches in KiB, and six digits of a hash over the brand,
/// as in <c>x64-AuthenticAMD-25.17.1-w16-c2-32k.1024k.32768k-1f0c9a</c>. Clocks are left out: they drift; the calibration time of each record tells them.
/// </summary>
public sealed partial record DeviceFingerprint
{
    private readonly string hardware;

    private DeviceFingerprint(string id, string hardware)
    {
        Id = id;
        this.hardware = hardware;
    }

    /// <summary>The id; letters, digits, '.', '-' and '_' only.</summary>
    public string Id { get; }

    /// <summary>Fingerprint of a device.</summary>
    public static DeviceFingerprint Of(CpuDevice device)
    {
        CpuIdentity identity = device.Identity;
        string vendor = Unsafe().Replace(identity.Vendor, "_");
        string caches = string.Join('.', device.Caches.Select(cache => (cache.SizeBytes >> 10).ToString(CultureInfo.InvariantCulture) + "k"));
        string brand = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.Brand)).AsSpan(0, 3));
        return Parse($"{device.Architecture}-{(vendor.Length == 0 ? "unknown" : vendor)}-{identity.Family}.{identity.Model}.{identity.Stepping}"
            + $"-w{device.VectorLanes}-c{device.UsableThreads}-{caches}-{brand}")!;
    }

    /// <summary>Reads an id; null when it is none.</summary>
    public static DeviceFingerprint? Parse(string id)
    {
        Match match = Format().Match(id);
        return match.Success
            ? new DeviceFingerprint(id, $"{match.Groups["arch"].Value} w{match.Groups["lanes"].Value} {match.Groups["l1"].Value} {match.Groups["l2"].Value}")
            : null;
    }

    /// <summary>How far results of another device hold on this one.</summary>
    public DeviceMatch Match(DeviceFingerprint other) =>
        Id == other.Id ? DeviceMatch.Exact
        : hardware == other.hardware ? DeviceMatch.Compatible
        : DeviceMatch.Different;

    /// <summary>How far results of a device with this id hold; an id that cannot be read is a different device.</summary>
    public DeviceMatch Match(string id) => Parse(id) is { } other ? Match(other) : DeviceMatch.Different;

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    [GeneratedRegex("[^A-Za-z0-9_]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unsafe();

    [GeneratedRegex(
        @"\A(?<arch>[a-z0-9]+)-[A-Za-z0-9_]+-\d+\.\d+\.\d+-w(?<lanes>\d+)-c\d+-(?<l1>\d+k)\.(?<l2>\d+k)(\.\d+k)*-[0-9a-f]{6}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Format();
}
