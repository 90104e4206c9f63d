using System.Collections.Immutable;
using System.Text;

namespace Attune.Devices.Cuda;

/// <summary>Lists the CUDA devices of this machine.</summary>
internal static unsafe class CudaDevices
{
    private const int NoDevice = 100;
    private const int NameBytes = 256;
    private const int KilohertzPerMegahertz = 1000;

    /// <summary>The devices; the reason when there are none.</summary>
    public static Result<ImmutableArray<CudaDevice>, string> List()
    {
        Result<CudaLibrary, string> library = CudaLibrary.Instance;
        return library.Succeeded ? List(library.Value) : library.Error;
    }

    /// <summary>The devices of a driver; the reason when there are none.</summary>
    public static Result<ImmutableArray<CudaDevice>, string> List(CudaLibrary library)
    {
        try
        {
            int code = library.Init(0);
            if (code == NoDevice)
            {
                return $"the CUDA driver ({library.Soname}) finds no device";
            }

            library.Check(code, "cuInit");
            int version = 0;
            library.Check(library.DriverGetVersion(&version), "cuDriverGetVersion");
            int count = 0;
            library.Check(library.DeviceGetCount(&count), "cuDeviceGetCount");
            return count > 0 ? Describe(library, count, VersionOf(version)) : $"the CUDA driver ({library.Soname}) offers no device";
        }
        catch (CudaException e)
        {
            return $"the CUDA driver ({library.Soname}) does not work: {e.Message}";
        }
    }

    // 12040 is 12.4.
    private static Version VersionOf(int number) => new(number / 1000, number % 1000 / 10);

    private static Result<ImmutableArray<CudaDevice>, string> Describe(CudaLibrary library, int count, Version driver)
    {
        var found = ImmutableArray.CreateBuilder<CudaDevice>(count);
        for (int number = 0; number < count; number++)
        {
            int handle = 0;
            library.Check(library.DeviceGet(&handle, number), "cuDeviceGet");
            found.Add(Describe(library, handle, number, driver));
        }

        return found.ToImmutable();
    }

    private static CudaDevice Describe(CudaLibrary library, int handle, int number, Version driver)
    {
        byte* name = stackalloc byte[NameBytes];
        library.Check(library.DeviceGetName(name, NameBytes, handle), "cuDeviceGetName");
        name[NameBytes - 1] = 0;
        nuint memory = 0;
        library.Check(library.DeviceTotalMem(&memory, handle), "cuDeviceTotalMem");
        int Fact(Attribute what) => Number(library, handle, what);
        return new CudaDevice
        {
            Number = number,
            Name = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, NameBytes)).TrimEnd('\0'),
            Capability = new Version(Fact(Attribute.Major), Fact(Attribute.Minor)),
            Driver = driver,
            MemoryBytes = (long)memory,
            Multiprocessors = Fact(Attribute.Multiprocessors),
            ResidentLanes = Fact(Attribute.ResidentLanes),
            ClockMegahertz = Fact(Attribute.Clock) / KilohertzPerMegahertz,
            MemoryClockMegahertz = Fact(Attribute.MemoryClock) / KilohertzPerMegahertz,
            BusBits = Fact(Attribute.Bus),
            SecondLevelBytes = Fact(Attribute.SecondLevel),
            GroupLanes = Fact(Attribute.GroupLanes),
            AxisLanes = (Fact(Attribute.LanesX), Fact(Attribute.LanesY), Fact(Attribute.LanesZ)),
            AxisGroups = (Fact(Attribute.GroupsX), Fact(Attribute.GroupsY), Fact(Attribute.GroupsZ)),
            SharedBytes = Fact(Attribute.Shared),
            GroupRegisters = Fact(Attribute.Registers),
            WarpLanes = Fact(Attribute.Warp),
            Library = library,
            Handle = handle,
        };
    }

    // Zero when the driver does not know the question: newer drivers forget clocks.
    private static int Number(CudaLibrary library, int handle, Attribute what)
    {
        int number = 0;
        return library.DeviceGetAttribute(&number, (int)what, handle) == 0 ? number : 0;
    }

    private enum Attribute
    {
        GroupLanes = 1,
        LanesX = 2,
        LanesY = 3,
        LanesZ = 4,
        GroupsX = 5,
        GroupsY = 6,
        GroupsZ = 7,
        Shared = 8,
        Warp = 10,
        Registers = 12,
        Clock = 13,
        Multiprocessors = 16,
        MemoryClock = 36,
        Bus = 37,
        SecondLevel = 38,
        ResidentLanes = 39,
        Major = 75,
        Minor = 76,
    }
}
