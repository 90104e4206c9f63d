using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
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

    private readonly OpenClContext context;
    private readonly ProgramCache? programs;

    /// <summary>Opens a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="programs">Where compiled programs are kept; null compiles each anew.</param>
    /// <exception cref="OpenClException">The driver refuses.</exception>
    public OpenClBackend(OpenClDevice device, ProgramCache? programs = null)
    {
        context = new OpenClContext(device);
        this.programs = programs;
        Profile = ProfileOf(device);
    }

    /// <inheritdoc/>
    public DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public long CacheBytes => context.Device.CacheBytes;

    /// <summary>What is known of a device before it is opened.</summary>
    public static DeviceProfile ProfileOf(OpenClDevice device) =>
        new(DeviceName.OpenCl(device.Number), OpenClFingerprint.Of(device), $"{device.Name} ({device.Platform}, driver {device.Driver})", TargetOf(device));

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
    public IDeviceMemory Allocate(long bytes) => SourcePhases.Allocate(bytes, context.Device.Name, () => new OpenClMemory(context, bytes));

    /// <inheritdoc/>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source)
    {
        Result<ImmutableArray<(SourceKernel Source, int Units)>, string> printed = SourcePhases.Print(source, Profile.Target.Groups!);
        if (!printed.Succeeded)
        {
            return printed.Error;
        }

        ImmutableArray<(SourceKernel Source, int Units)> phases = printed.Value;
        nint program = Program(SourceDialect.OpenCl.Text(phases.Select(phase => phase.Source.Body)), out string log);
        if (program == 0)
        {
            return $"the driver's compiler refused: {log}";
        }

        var kernel = new OpenClKernel(context, program, phases, source);
        foreach ((nint handle, SourceKernel phase, _) in kernel.Phases)
        {
            // Limits of a kernel may be lower than those of the device: its registers count.
            if (context.LimitsOf(handle).Lanes < phase.Shape.Lanes)
            {
                string refusal = $"a group of this kernel runs at most {context.LimitsOf(handle).Lanes} lanes here, not {phase.Shape.Lanes}";
                kernel.Dispose();
                return refusal;
            }
        }

        return kernel;
    }

    /// <inheritdoc/>
    public void Wait() => context.Finish();

    /// <inheritdoc/>
    public void Wait(TimeSpan limit) => context.Finish(limit);

    /// <inheritdoc/>
    public ITimeline CreateTimeline() => new OpenClTimeline(context);

    /// <inheritdoc/>
    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) =>
        new OpenClLaunch(context, (OpenClKernel)kernel, turns);

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();

    private nint Program(string text, out string log)
    {
        OpenClDevice device = context.Device;
        string key = ProgramCache.KeyOf("opencl", text, Options, device.Platform, device.Name, device.Version, device.Driver);
        log = string.Empty;
        if (programs?.Find(key) is { } kept && context.Load(kept, Options) is var loaded and not 0)
        {
            return loaded;
        }

        nint program = context.Build(text, Options, out log);
        if (program != 0 && programs is not null && context.BinaryOf(program) is { } binary)
        {
            programs.Keep(key, binary);
        }

        return program;
    }
}
