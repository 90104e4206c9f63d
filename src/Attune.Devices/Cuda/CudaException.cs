namespace Attune.Devices.Cuda;

/// <summary>A call of the CUDA driver that failed.</summary>
internal sealed class CudaException : DeviceException
{
    private const int OutOfMemory = 2;

    /// <summary>Names the call.</summary>
    /// <param name="call">Name of the call.</param>
    /// <param name="code">Its error code, above zero.</param>
    /// <param name="name">The driver's name of the error, for example "CUDA_ERROR_OUT_OF_MEMORY".</param>
    /// <param name="text">What the driver says about it; empty when it says nothing.</param>
    /// <param name="device">The device in use; null while none is.</param>
    public CudaException(string call, int code, string name, string text, CudaDevice? device)
        : base(Sentence(call, code, name, text, device))
    {
        (Call, Code, Name) = (call, code, name);
        IsOutOfMemory = code == OutOfMemory;
        IsLost = device is not null && Sticks(code);
    }

    private CudaException(CudaDevice device, TimeSpan limit)
        : base(SilenceOf(device.Name, limit)) => (Call, Name, IsLost, IsSilent) = ("cuStreamQuery", string.Empty, true, true);

    /// <summary>True when the driver named no error, but a kernel does not end.</summary>
    public bool IsSilent { get; }

    /// <summary>The call.</summary>
    public string Call { get; }

    /// <summary>The error code, above zero; 0 where the driver named none.</summary>
    public int Code { get; }

    /// <summary>The driver's name of the error.</summary>
    public string Name { get; }

    /// <summary>True when the driver does not take the code that it was given, rather than being in trouble itself.</summary>
    public bool IsRefusedCode => Code is 200 or 209 or 218 or 221 or 222 or 223 or 300;

    /// <summary>A device that does not end what it was told to do.</summary>
    /// <param name="device">The device.</param>
    /// <param name="limit">How long it was waited for.</param>
    public static CudaException Silent(CudaDevice device, TimeSpan limit) => new(device, limit);

    private static string Sentence(string call, int code, string name, string text, CudaDevice? device) =>
        $"{(device is null ? string.Empty : $"{device.Name}: ")}{call} failed: {name}{(text.Length > 0 ? $", {text}" : string.Empty)} ({code})"
            + (device is not null && Sticks(code) ? "; its context is dead, and only a new process can use the device again" : string.Empty);

    // After one of these every later call of this process fails too.
    private static bool Sticks(int code) => code switch
    {
        4 => true, // the driver is shutting down
        100 or 101 => true, // the device is gone: it was there when the context was opened
        201 => true, // the context is invalid
        214 => true, // memory error that cannot be corrected
        220 => true, // error of a link between devices that cannot be corrected
        226 => true, // an error of another process that took this one along
        700 => true, // illegal address
        702 => true, // a kernel ran longer than the system allows
        709 => true, // the context is destroyed
        710 => true, // an assertion of a kernel
        714 => true, // stack of the hardware
        715 => true, // illegal instruction
        716 => true, // misaligned address
        717 => true, // address of the wrong memory
        718 => true, // invalid program counter
        719 => true, // a kernel failed
        721 => true, // a kernel ended with memory of tensor cores still taken
        999 => true, // whatever the driver has no name for: a device that fell off its bus, as a rule
        _ => false,
    };
}
