using System.Collections.Immutable;

namespace Attune.Devices.OpenCl;

/// <summary>A device that an OpenCL driver offers, with its limits as the driver tells them.</summary>
public sealed record OpenClDevice
{
    /// <summary>Its number on this machine, from 0: platforms in the loader's order, each with its devices in the driver's order.</summary>
    public required int Number { get; init; }

    /// <summary>Name that the driver gives it.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the platform: of the driver, as a rule.</summary>
    public required string Platform { get; init; }

    /// <summary>Version of the driver.</summary>
    public required string Driver { get; init; }

    /// <summary>Version of OpenCL, for example "OpenCL 3.0 CUDA".</summary>
    public required string Version { get; init; }

    /// <summary>"gpu", "cpu" or "accelerator".</summary>
    public required string Kind { get; init; }

    /// <summary>Compute units: multiprocessors, cores.</summary>
    public required int ComputeUnits { get; init; }

    /// <summary>Highest clock, MHz; 0 when the driver does not tell.</summary>
    public required int ClockMegahertz { get; init; }

    /// <summary>Global memory, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Largest single allocation, bytes.</summary>
    public required long AllocationBytes { get; init; }

    /// <summary>Cache of the global memory, bytes; 0 when the driver does not tell.</summary>
    public long CacheBytes { get; init; }

    /// <summary>Memory that the lanes of a group share, bytes.</summary>
    public required long LocalBytes { get; init; }

    /// <summary>Lanes of a group; single kernels may allow fewer.</summary>
    public required int GroupLanes { get; init; }

    /// <summary>Lanes of a group along each of the three axes.</summary>
    public required ImmutableArray<long> AxisLanes { get; init; }

    /// <summary>Extensions, for example "cl_khr_fp16".</summary>
    public required ImmutableArray<string> Extensions { get; init; }

    /// <summary>The driver's handles, which live as long as the process.</summary>
    internal nint PlatformHandle { get; init; }

    /// <summary>The driver's handle.</summary>
    internal nint Handle { get; init; }
}
