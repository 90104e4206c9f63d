namespace Attune.Devices.Cuda;

/// <summary>A device that the CUDA driver offers, with its limits as the driver tells them.</summary>
internal sealed record CudaDevice
{
    /// <summary>Its number on this machine, from 0, in the driver's order (<c>CUDA_VISIBLE_DEVICES</c> changes it).</summary>
    public required int Number { get; init; }

    /// <summary>Name that the driver gives it.</summary>
    public required string Name { get; init; }

    /// <summary>Compute capability: 6.1, 8.7, 9.0.</summary>
    public required Version Capability { get; init; }

    /// <summary>Newest version of CUDA that the driver runs programs of.</summary>
    public required Version Driver { get; init; }

    /// <summary>Global memory, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Multiprocessors.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>Lanes (threads) that one multiprocessor keeps at a time.</summary>
    public required int ResidentLanes { get; init; }

    /// <summary>Highest clock, MHz; 0 when the driver does not tell.</summary>
    public required int ClockMegahertz { get; init; }

    /// <summary>Highest clock of the memory, MHz; 0 when the driver does not tell.</summary>
    public required int MemoryClockMegahertz { get; init; }

    /// <summary>Width of the bus to the memory, bits.</summary>
    public required int BusBits { get; init; }

    /// <summary>Cache of the second level, bytes.</summary>
    public required long SecondLevelBytes { get; init; }

    /// <summary>Lanes of a group (threads of a block); single kernels may allow fewer.</summary>
    public required int GroupLanes { get; init; }

    /// <summary>Lanes of a group along each axis.</summary>
    public required (int X, int Y, int Z) AxisLanes { get; init; }

    /// <summary>Groups of a launch along each axis.</summary>
    public required (int X, int Y, int Z) AxisGroups { get; init; }

    /// <summary>Memory that the lanes of a group share, bytes.</summary>
    public required long SharedBytes { get; init; }

    /// <summary>Registers that a group has for all its lanes.</summary>
    public required int GroupRegisters { get; init; }

    /// <summary>Lanes in step.</summary>
    public required int WarpLanes { get; init; }

    /// <summary>The compute capability as compilers are given it: 61, 87, 90.</summary>
    internal int Architecture => (Capability.Major * 10) + Capability.Minor;

    /// <summary>The driver that offers it.</summary>
    internal required CudaLibrary Library { get; init; }

    /// <summary>The driver's handle.</summary>
    internal required int Handle { get; init; }
}
