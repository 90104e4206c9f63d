using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends;

namespace Attune.Cli.Doctor;

/// <summary>The devices of one kind.</summary>
/// <param name="Devices">Each as it stands in the JSON document.</param>
/// <param name="Lines">The same for people: one line each and what belongs to it, without the name of the kind.</param>
/// <param name="Missing">Why there is none, or what keeps one from being used; null when all is well.</param>
internal sealed record DeviceListing(ImmutableArray<object> Devices, ImmutableArray<string> Lines, string? Missing)
{
    /// <summary>None, for a reason.</summary>
    public static DeviceListing Nothing(string reason) => new([], [], reason);

    /// <summary>The devices of OpenCL drivers.</summary>
    public static DeviceListing OfOpenCl(Result<ImmutableArray<OpenClDevice>, string> found) =>
        found.Succeeded ? new DeviceListing([.. found.Value], [.. found.Value.SelectMany(Describe)], null) : Nothing(found.Error);

    /// <summary>The devices of the CUDA driver.</summary>
    /// <param name="found">The devices.</param>
    /// <param name="compilerFor">Finds the compiler of one.</param>
    public static DeviceListing OfCuda(Result<ImmutableArray<CudaDevice>, string> found, Func<CudaDevice, Result<CudaCompiler, string>> compilerFor)
    {
        if (!found.Succeeded)
        {
            return Nothing(found.Error);
        }

        ImmutableArray<(CudaDevice Device, Result<CudaCompiler, string> Compiler)> all = [.. found.Value.Select(device => (device, compilerFor(device)))];
        return new DeviceListing(
            [.. all.Select(each => Data(each.Device, each.Compiler.Value))],
            [.. all.SelectMany(each => Describe(each.Device, each.Compiler))],
            all.Select(each => each.Compiler.Error).FirstOrDefault(reason => reason is not null));
    }

    private static string[] Describe(OpenClDevice device) =>
    [
        $"{DeviceName.OpenCl(device.Number)}: {device.Name} ({device.Kind}; {device.Version}; driver {device.Driver})",
        $"{Units.Counted(device.ComputeUnits, "compute unit")}, {Units.Bytes(device.MemoryBytes)} of memory, "
            + $"at most {Units.Bytes(device.AllocationBytes)} at once; groups of {device.GroupLanes} lanes that share {Units.Bytes(device.LocalBytes)}",
    ];

    private static string[] Describe(CudaDevice device, Result<CudaCompiler, string> compiler) =>
    [
        $"{DeviceName.Cuda(device.Number)}: {device.Name} (compute capability {device.Capability}; driver for CUDA {device.Driver})",
        $"{Units.Counted(device.Multiprocessors, "multiprocessor")}, {Units.Bytes(device.MemoryBytes)} of memory, "
            + $"{Units.Bytes(device.SecondLevelBytes)} of L2; groups of {device.GroupLanes} lanes that share {Units.Bytes(device.SharedBytes)} "
            + $"and {device.GroupRegisters} registers",
        compiler.Succeeded
            ? $"compiler NVRTC {compiler.Value.Version} ({compiler.Value.Soname}), for {compiler.Value.Target}"
            : $"no compiler: {compiler.Error}",
    ];

    private static object Data(CudaDevice device, CudaCompiler? compiler) => new
    {
        device.Number,
        device.Name,
        Capability = $"{device.Capability}",
        Driver = $"{device.Driver}",
        device.MemoryBytes,
        device.Multiprocessors,
        device.ResidentLanes,
        device.ClockMegahertz,
        device.MemoryClockMegahertz,
        device.BusBits,
        device.SecondLevelBytes,
        device.GroupLanes,
        AxisLanes = new[] { device.AxisLanes.X, device.AxisLanes.Y, device.AxisLanes.Z },
        AxisGroups = new[] { device.AxisGroups.X, device.AxisGroups.Y, device.AxisGroups.Z },
        device.SharedBytes,
        device.GroupRegisters,
        device.WarpLanes,
        Compiler = compiler is null ? null : $"NVRTC {compiler.Version}",
        CompilerLibrary = compiler?.Soname,
        CompiledFor = compiler?.Target,
    };
}
