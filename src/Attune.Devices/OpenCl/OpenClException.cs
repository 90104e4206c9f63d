namespace Attune.Devices.OpenCl;

/// <summary>A call of OpenCL that failed.</summary>
internal sealed class OpenClException : DeviceException
{
    /// <summary>Names the call.</summary>
    /// <param name="call">Name of the call.</param>
    /// <param name="code">Its error code, below zero.</param>
    public OpenClException(string call, int code)
        : base($"{call} failed: {Meaning(code)} ({code}).")
    {
        (Call, Code) = (call, code);

        // Of the device, or of the driver on this side.
        IsOutOfMemory = code is -4 or -5 or -6 or -61;
    }

    private OpenClException(OpenClDevice device, TimeSpan limit)
        : base(SilenceOf(device.Name, limit)) => (Call, IsLost) = ("clGetEventInfo", true);

    /// <summary>A device that does not end what it was told to do.</summary>
    /// <param name="device">The device.</param>
    /// <param name="limit">How long it was waited for.</param>
    public static OpenClException Silent(OpenClDevice device, TimeSpan limit) => new(device, limit);

    /// <summary>The call.</summary>
    public string Call { get; }

    /// <summary>The error code, below zero; 0 where the driver named none.</summary>
    public int Code { get; }

    private static string Meaning(int code) => code switch
    {
        -1 => "no such device",
        -2 => "the device is not available",
        -3 => "there is no compiler",
        -4 => "the memory cannot be allocated",
        -5 => "the device's resources are used up",
        -6 => "the driver has no memory left",
        -7 => "the device gives no times",
        -11 => "the program does not compile",
        -14 => "an earlier kernel failed",
        -15 => "the program does not compile",
        -38 => "no such memory",
        -52 => "arguments are missing",
        -54 => "the group has a size that this kernel cannot have",
        -55 => "the group is too large along an axis",
        -61 => "the memory is larger than the device allows",
        -1001 => "no driver is installed",
        _ => "error",
    };
}
