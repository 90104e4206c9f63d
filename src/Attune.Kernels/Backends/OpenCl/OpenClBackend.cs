using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices.OpenCl;
using Attune.Kernels.Sources;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.OpenCl;

/// <summary>A device of an OpenCL driver: kernels as source text that the driver compiles, durations by the device's own clock.</summary>
internal sealed class OpenClBackend : IBackend
{
    // None of the options that trade exactness for speed: what is fused or approximate, the program says.
    private const string Options = "-cl-std=CL1.2";

    // Kernels count elements in 32 bits.
    private const long MaxBytes = (long)int.MaxValue * sizeof(float);
    private readonly OpenClContext context;

    /// <summary>Opens a device.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="OpenClException">The driver refuses.</exception>
    public OpenClBackend(OpenClDevice device)
    {
        context = new OpenClContext(device);
        Device = DeviceName.OpenCl(device.Number);
        Target = TargetOf(device);
    }

    /// <inheritdoc/>
    public DeviceName Device { get; }

    /// <inheritdoc/>
    public KernelTarget Target { get; }

    /// <summary>What kernels for a device are generated for.</summary>
    public static KernelTarget TargetOf(OpenClDevice device) => new()
    {
        Kind = TargetKind.OpenCl,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = new GroupLimits(device.GroupLanes, device.LocalBytes, device.Kind == "gpu" ? GroupLimits.TypicalWidth : 1)
        {
            MaxLanesX = device.AxisLanes[0],
            MaxLanesY = device.AxisLanes[1],
            MaxLanesZ = device.AxisLanes[2],
        },
    };

    /// <inheritdoc/>
    public IDeviceMemory Allocate(long bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new DeviceException($"{bytes:n0} bytes in one piece are more than the {MaxBytes:n0} that kernels can address.") { IsOutOfMemory = true };
        }

        try
        {
            return new OpenClMemory(context, bytes);
        }
        catch (OpenClException e) when (e.IsOutOfMemory)
        {
            throw new DeviceException($"{context.Device.Name} has no {bytes:n0} bytes to give.", e) { IsOutOfMemory = true };
        }
    }

    /// <inheritdoc/>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public IDeviceKernel? Compile(KernelSource source, out string? refusal)
    {
        ImmutableArray<(SourceKernel Source, int Units)> phases =
            [.. source.Phases.Select((phase, i) => (SourcePrinter.Print(phase.Program, $"phase{i}", phase.Units, source.ScratchFloats), phase.Units))];
        foreach ((SourceKernel printed, _) in phases)
        {
            if (Target.Groups!.Refusal(printed.Shape, printed.SharedBytes) is { } reason)
            {
                refusal = reason;
                return null;
            }
        }

        nint program = context.Build(SourceDialect.OpenCl.Text(phases.Select(phase => phase.Source.Body)), Options, out string log);
        if (program == 0)
        {
            refusal = $"the driver's compiler refused: {log}";
            return null;
        }

        var kernel = new OpenClKernel(context, program, phases, source);
        foreach ((nint handle, SourceKernel printed, _) in kernel.Phases)
        {
            // Limits of a kernel may be lower than those of the device: its registers count.
            if (context.LimitsOf(handle).Lanes < printed.Shape.Lanes)
            {
                refusal = $"a group of this kernel runs at most {context.LimitsOf(handle).Lanes} lanes here, not {printed.Shape.Lanes}";
                kernel.Dispose();
                return null;
            }
        }

        refusal = null;
        return kernel;
    }

    /// <inheritdoc/>
    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) =>
        new OpenClLaunch(context, (OpenClKernel)kernel, turns);

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();
}
