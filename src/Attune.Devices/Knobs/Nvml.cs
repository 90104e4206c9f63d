using System.Runtime.InteropServices;

namespace Attune.Devices.Knobs;

/// <summary>
/// The few calls of NVIDIA's management library that are needed: clocks, power and energy. The library is loaded when it is first asked for; without it, or
/// without a device, there are none. Queries are free for every user, setting clocks needs root. Thread-safe, as the library is.
/// </summary>
internal sealed unsafe class Nvml
{
    private const int Graphics = 0;
    private const int MaxClocks = 1024;
    private static readonly Lazy<Nvml?> Loaded = new(Load);

    private readonly nint library;

    private Nvml(nint library) => this.library = library;

    /// <summary>The library; null where there is none.</summary>
    public static Nvml? Instance => Loaded.Value;

    /// <summary>Number of devices.</summary>
    public int Count
    {
        get
        {
            uint count = 0;
            var call = (delegate* unmanaged<uint*, int>)Entry("nvmlDeviceGetCount_v2");
            return call != null && call(&count) == 0 ? (int)count : 0;
        }
    }

    /// <summary>Energy since the driver was loaded, millijoules; null when the device does not tell.</summary>
    public ulong? EnergyMilliJoules(int device)
    {
        ulong energy = 0;
        var call = (delegate* unmanaged<nint, ulong*, int>)Entry("nvmlDeviceGetTotalEnergyConsumption");
        return call != null && Handle(device) is { } handle && call(handle, &energy) == 0 ? energy : null;
    }

    /// <summary>Graphics clock, MHz; null when the device does not tell.</summary>
    public long? GraphicsClock(int device)
    {
        uint clock = 0;
        var call = (delegate* unmanaged<nint, int, uint*, int>)Entry("nvmlDeviceGetClockInfo");
        return call != null && Handle(device) is { } handle && call(handle, Graphics, &clock) == 0 ? clock : null;
    }

    /// <summary>Graphics clocks that the device knows at its highest memory clock, MHz, ascending; empty when it does not tell.</summary>
    public long[] GraphicsClocks(int device)
    {
        var memory = (delegate* unmanaged<nint, uint*, uint*, int>)Entry("nvmlDeviceGetSupportedMemoryClocks");
        var graphics = (delegate* unmanaged<nint, uint, uint*, uint*, int>)Entry("nvmlDeviceGetSupportedGraphicsClocks");
        if (memory == null || graphics == null || Handle(device) is not { } handle)
        {
            return [];
        }

        uint* clocks = stackalloc uint[MaxClocks];
        uint count = MaxClocks;
        if (memory(handle, &count, clocks) != 0 || count == 0)
        {
            return [];
        }

        uint highest = new ReadOnlySpan<uint>(clocks, (int)count).ToArray().Max();
        count = MaxClocks;
        return graphics(handle, highest, &count, clocks) != 0
            ? []
            : [.. new ReadOnlySpan<uint>(clocks, (int)count).ToArray().Select(clock => (long)clock).Distinct().Order()];
    }

    /// <summary>Locks the graphics clock; null when it worked, else why not.</summary>
    public string? Lock(int device, uint megahertz)
    {
        var call = (delegate* unmanaged<nint, uint, uint, int>)Entry("nvmlDeviceSetGpuLockedClocks");
        return call == null || Handle(device) is not { } handle ? "the driver cannot lock clocks" : Refusal(call(handle, megahertz, megahertz));
    }

    /// <summary>Releases the graphics clock; null when it worked, else why not.</summary>
    public string? Unlock(int device)
    {
        var call = (delegate* unmanaged<nint, int>)Entry("nvmlDeviceResetGpuLockedClocks");
        return call == null || Handle(device) is not { } handle ? "the driver cannot lock clocks" : Refusal(call(handle));
    }

    private static Nvml? Load()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libnvidia-ml.so.1", out nint library))
        {
            return null;
        }

        var start = NativeLibrary.TryGetExport(library, "nvmlInit_v2", out nint entry) ? (delegate* unmanaged<int>)entry : null;
        return start != null && start() == 0 ? new Nvml(library) : null;
    }

    private static string? Refusal(int code) => code switch
    {
        0 => null,
        4 => "locking clocks needs root",
        3 => "this device cannot lock its clocks",
        _ => $"the driver refused with code {code}",
    };

    private nint? Handle(int device)
    {
        nint handle = 0;
        var call = (delegate* unmanaged<uint, nint*, int>)Entry("nvmlDeviceGetHandleByIndex_v2");
        return call != null && call((uint)device, &handle) == 0 ? handle : null;
    }

    private void* Entry(string name) => NativeLibrary.TryGetExport(library, name, out nint entry) ? (void*)entry : null;
}
