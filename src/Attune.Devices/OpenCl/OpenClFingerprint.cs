namespace Attune.Devices.OpenCl;

/// <summary>Names a device of an OpenCL driver for records: the device, its platform, the driver and its version.</summary>
internal static class OpenClFingerprint
{
    /// <summary>The id, as <see cref="DriverFingerprint"/> makes it.</summary>
    /// <param name="device">The device.</param>
    public static string Of(OpenClDevice device) => DriverFingerprint.Of("opencl", device.Name, device.Platform, device.Driver, device.Version);
}
