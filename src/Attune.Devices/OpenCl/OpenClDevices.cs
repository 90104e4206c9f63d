using System.Collections.Immutable;
using System.Text;

namespace Attune.Devices.OpenCl;

/// <summary>Lists the OpenCL devices of this machine.</summary>
public static unsafe class OpenClDevices
{
    private const uint MaxEntries = 64;
    private const ulong AllTypes = 0xFFFF_FFFF;
    private const int NotFound = -1;

    /// <summary>The devices; the reason when there are none.</summary>
    public static Result<ImmutableArray<OpenClDevice>, string> List()
    {
        if (OpenClLibrary.Instance is not { } library)
        {
            return $"no OpenCL loader ({OpenClLibrary.Names[0]}); Debian has it in ocl-icd-libopencl1, and the device's driver comes from its maker";
        }

        nint* platforms = stackalloc nint[(int)MaxEntries];
        uint count = 0;
        int code = library.GetPlatformIDs(MaxEntries, platforms, &count);
        if (code != 0 || count == 0)
        {
            return $"{library.Soname} knows no driver; install the one of the device's maker";
        }

        var found = ImmutableArray.CreateBuilder<OpenClDevice>();
        nint* devices = stackalloc nint[(int)MaxEntries];
        for (int p = 0; p < Math.Min(count, MaxEntries); p++)
        {
            uint some = 0;
            code = library.GetDeviceIDs(platforms[p], AllTypes, MaxEntries, devices, &some);
            if (code is not (0 or NotFound))
            {
                continue;
            }

            for (int d = 0; code == 0 && d < Math.Min(some, MaxEntries); d++)
            {
                if (Number(library, devices[d], Query.Available) != 0)
                {
                    found.Add(Describe(library, platforms[p], devices[d], found.Count));
                }
            }
        }

        if (found.Count == 0)
        {
            return "the OpenCL drivers of this machine offer no device";
        }

        return found.ToImmutable();
    }

    private static OpenClDevice Describe(OpenClLibrary library, nint platform, nint device, int number)
    {
        nuint* axes = stackalloc nuint[3];
        bool known = library.GetDeviceInfo(device, (uint)Query.AxisLanes, (nuint)(3 * sizeof(nuint)), axes, null) == 0;
        long lanes = Number(library, device, Query.GroupLanes);
        return new OpenClDevice
        {
            Number = number,
            Name = Text(library.GetDeviceInfo, device, (uint)Query.Name),
            Platform = Text(library.GetPlatformInfo, platform, (uint)Query.PlatformName),
            Driver = Text(library.GetDeviceInfo, device, (uint)Query.Driver),
            Version = Text(library.GetDeviceInfo, device, (uint)Query.Version),
            Kind = (Number(library, device, Query.Type) & 0xE) switch { 2 => "cpu", 4 => "gpu", _ => "accelerator" },
            ComputeUnits = (int)Number(library, device, Query.ComputeUnits),
            ClockMegahertz = (int)Number(library, device, Query.Clock),
            MemoryBytes = Number(library, device, Query.Memory),
            AllocationBytes = Number(library, device, Query.Allocation),
            CacheBytes = Number(library, device, Query.Cache),
            LocalBytes = Number(library, device, Query.LocalMemory),
            GroupLanes = (int)lanes,
            AxisLanes = known ? [(long)axes[0], (long)axes[1], (long)axes[2]] : [lanes, lanes, lanes],
            Extensions = [.. Text(library.GetDeviceInfo, device, (uint)Query.Extensions).Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            PlatformHandle = platform,
            Handle = device,
        };
    }

    // Numbers of 32 and of 64 bits alike: the rest stays zero on machines whose lowest byte comes first, which all of them are.
    private static long Number(OpenClLibrary library, nint device, Query what)
    {
        ulong number = 0;
        return library.GetDeviceInfo(device, (uint)what, sizeof(ulong), &number, null) == 0 ? (long)number : 0;
    }

    private static string Text(delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> query, nint of, uint what)
    {
        nuint size = 0;
        if (query(of, what, 0, null, &size) != 0 || size is 0 or > 1 << 20)
        {
            return string.Empty;
        }

        byte[] bytes = new byte[size];
        fixed (byte* at = bytes)
        {
            return query(of, what, size, at, null) == 0 ? Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim() : string.Empty;
        }
    }

    private enum Query : uint
    {
        Type = 0x1000,
        ComputeUnits = 0x1002,
        GroupLanes = 0x1004,
        AxisLanes = 0x1005,
        Clock = 0x100C,
        Allocation = 0x1010,
        Cache = 0x101E,
        Memory = 0x101F,
        LocalMemory = 0x1023,
        Available = 0x1027,
        Name = 0x102B,
        Driver = 0x102D,
        Version = 0x102F,
        Extensions = 0x1030,
        PlatformName = 0x0902,
    }
}
