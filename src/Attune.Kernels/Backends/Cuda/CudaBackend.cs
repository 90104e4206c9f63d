using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>A CUDA device: kernels as source text that NVRTC compiles to PTX and the driver to machine code, durations by the device's own clock.</summary>
internal sealed class CudaBackend : IBackend
{
    private readonly CudaContext context;
    private readonly CudaPrograms programs;

    /// <summary>Opens a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="compiler">Its compiler, or why there is none: then it runs given code only.</param>
    /// <param name="cache">Where compiled programs are kept; null compiles each anew.</param>
    /// <param name="given">Programs that were compiled elsewhere; used where there is no compiler.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaBackend(
        CudaDevice device, Result<CudaCompiler, string> compiler, ProgramCache? cache = null, IReadOnlyCollection<DeviceCode>? given = null)
    {
        context = new CudaContext(device);
        programs = new CudaPrograms(context, compiler, cache, given ?? []);
        Profile = ProfileOf(device);
    }

    /// <inheritdoc/>
    public DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public long CacheBytes => context.Device.SecondLevelBytes;

    /// <summary>What is known of a device before it is opened.</summary>
    public static DeviceProfile ProfileOf(CudaDevice device) => new(
        DeviceName.Cuda(device.Number),
        DriverFingerprint.Of("cuda", device.Name, device.Capability.ToString(), device.Driver.ToString()),
        $"{device.Name} (compute capability {device.Capability}, driver for CUDA {device.Driver})",
        TargetOf(device));

    /// <summary>What kernels for a device are generated for.</summary>
    public static KernelTarget TargetOf(CudaDevice device) => new()
    {
        Kind = TargetKind.Cuda,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = new GroupLimits(device.GroupLanes, device.SharedBytes, device.WarpLanes)
        {
            MaxLanesX = device.AxisLanes.X,
            MaxLanesY = device.AxisLanes.Y,
            MaxLanesZ = device.AxisLanes.Z,
        },
    };

    /// <inheritdoc/>
    public IDeviceMemory Allocate(long bytes) => SourcePhases.Allocate(bytes, context.Device.Name, () => new CudaMemory(context, bytes));

    /// <inheritdoc/>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source)
    {
        Result<ImmutableArray<(SourceKernel Source, int Units)>, string> printed = SourcePhases.Print(source, Profile.Target.Groups!, TooManyGroups);
        if (!printed.Succeeded)
        {
            return printed.Error;
        }

        ImmutableArray<(SourceKernel Source, int Units)> phases = printed.Value;
        string text = SourceDialect.Cuda.Text(phases.Select(phase => phase.Source.Body));
        Result<CudaProgram, string> loaded = programs.Load(text, phases.Select(phase => phase.Source));
        return loaded.Succeeded ? Ready(loaded.Value, phases, source) : loaded.Error;
    }

    /// <inheritdoc/>
    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads) => new CudaLaunch(context, (CudaKernel)kernel, turns);

    /// <inheritdoc/>
    public Result<ICommandSequence, string>? Record(Action commands)
    {
        Result<nint, string> graph = context.Capture(commands);
        return graph.Succeeded ? new CudaSequence(context, graph.Value) : graph.Error;
    }

    /// <inheritdoc/>
    public void Wait() => context.Finish();

    /// <inheritdoc/>
    public void Wait(TimeSpan limit) => context.Finish(limit);

    /// <inheritdoc/>
    public ITimeline CreateTimeline() => new CudaTimeline(context);

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();

    private string? TooManyGroups(LaunchShape shape)
    {
        (int x, int y, int z) = context.Device.AxisGroups;
        return shape.GroupsX > x || shape.GroupsY > y || shape.GroupsZ > z
            ? $"a launch has {shape.GroupsX} x {shape.GroupsY} x {shape.GroupsZ} groups; the device runs at most {x} x {y} x {z}"
            : null;
    }

    private Result<IDeviceKernel, string> Ready(CudaProgram program, ImmutableArray<(SourceKernel Source, int Units)> phases, KernelSource source)
    {
        bool isReady = false;
        try
        {
            var functions = ImmutableArray.CreateBuilder<CudaPhase>(phases.Length);
            foreach ((SourceKernel printed, int units) in phases)
            {
                nint function = context.Function(program.Module, printed.Name);
                functions.Add(new CudaPhase(function, context.LimitsOf(function), printed, units));
                if (functions[^1].Refusal(context.Device) is { } reason)
                {
                    return reason;
                }
            }

            isReady = true;
            return new CudaKernel(context, program, functions.ToImmutable(), source);
        }
        finally
        {
            if (!isReady)
            {
                context.Unload(program.Module);
            }
        }
    }
}
