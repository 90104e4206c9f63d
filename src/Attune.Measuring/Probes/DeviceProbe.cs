using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Measuring.Probes;

/// <summary>Measures what a device of groups and lanes can do right now: multiply-adds in registers, and reading and writing its memory.</summary>
public static class DeviceProbe
{
    private const int Lanes = 1 << 16;
    private const int MinTurns = 1 << 8;
    private const int MaxTurns = 1 << 20;
    private const int CopyFloats = 1 << 24;
    private const int Repeats = 5;

    // Longer than what starting a kernel takes, short enough for a command that is waited for.
    private const double EnoughMs = 20;

    /// <summary>Opens a device and measures it.</summary>
    /// <param name="device">The device; not the processors.</param>
    /// <returns>Its speed, or why it cannot be measured.</returns>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public static Result<MachineSpeed, string> Run(DeviceName device)
    {
        Result<IBackend, string> opened = BackendCatalog.Open(device);
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        using IBackend backend = opened.Value;
        try
        {
            return Run(backend);
        }
        catch (DeviceException failed)
        {
            return failed.Message.TrimEnd('.');
        }
    }

    /// <summary>Measures a device.</summary>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    internal static Result<MachineSpeed, string> Run(IBackend backend)
    {
        double flops = 0;
        for (int turns = MinTurns; turns <= MaxTurns; turns *= 4)
        {
            Result<double, string> ms = Time(backend, PeakPrograms.MultiplyAdd(Lanes, turns), PeakPrograms.Inputs, Lanes);
            if (!ms.Succeeded)
            {
                return ms.Error;
            }

            flops = Math.Max(flops, (double)Lanes * turns * PeakPrograms.FlopsPerTurn / ms.Value * 1e3);
            if (ms.Value >= EnoughMs)
            {
                break;
            }
        }

        Result<double, string> copy = Time(backend, CopyPrograms.Strided([CopyFloats], (0, [1]), (0, [1])), CopyFloats, CopyFloats);
        return copy.Succeeded ? new MachineSpeed(1, flops, 2.0 * CopyFloats * sizeof(float) / copy.Value * 1e3) : copy.Error;
    }

    // The shortest of several runs, milliseconds by the device's clock: whatever else happens there only makes it longer.
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private static Result<double, string> Time(IBackend backend, KernelSource source, long inputs, long outputs)
    {
        Result<IDeviceKernel, string> compiled = backend.Compile(source);
        if (!compiled.Succeeded)
        {
            return compiled.Error;
        }

        using IDeviceKernel kernel = compiled.Value;
        using IDeviceMemory from = backend.Allocate(inputs * sizeof(float));
        using IDeviceMemory to = backend.Allocate(outputs * sizeof(float));

        // Neither zeros nor numbers that grow: arithmetic of denormals and infinities takes its own time on some devices.
        float[] numbers = new float[inputs];
        Array.Fill(numbers, 0.5f);
        from.Write(0, MemoryMarshal.AsBytes(numbers.AsSpan()));
        var arguments = new KernelArguments([new DeviceRegion(from, 0), default, default, default, new DeviceRegion(to, 0)], default, [default]);
        using ILaunch launch = backend.Prepare(kernel, [arguments], 1);
        launch.Run(1);
        return Enumerable.Range(0, Repeats).Min(_ => launch.Run(1));
    }
}
