namespace Attune.Devices.OpenCl;

/// <summary>A call of OpenCL that failed.</summary>
/// <param name="call">Name of the call.</param>
/// <param name="code">Its error code.</param>
internal sealed class OpenClException(string call, int code) : Exception($"{call} failed: {Meaning(code)} ({code}).")
{
    /// <summary>The call.</summary>
    public string Call => call;

    /// <summary>The error code, below zero.</summary>
    public int Code => code;

    /// <summary>True when the device, or the driver on this side, had not enough memory.</summary>
    public bool IsOutOfMemory => code is -4 or -5 or -6 or -61;

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
