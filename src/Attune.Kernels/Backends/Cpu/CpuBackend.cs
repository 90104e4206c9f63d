using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cpu;

/// <summary>The processors of this machine: machine code by the JIT, memory of this process, a team of threads, and the clock on the wall.</summary>
/// <param name="target">What kernels are generated for.</param>
/// <param name="clock">Clock of the durations; null takes the system's.</param>
internal sealed class CpuBackend(KernelTarget target, TimeProvider? clock = null) : IBackend
{
    private readonly TimeProvider time = clock ?? TimeProvider.System;
    private ThreadTeam? team;

    /// <inheritdoc/>
    public DeviceName Device => DeviceName.Cpu;

    /// <inheritdoc/>
    public KernelTarget Target => target;

    /// <inheritdoc/>
    public DeviceProfile Profile => DeviceProfile.Cpu with { Target = target };

    /// <inheritdoc/>
    public IDeviceMemory Allocate(long bytes) => new CpuMemory(bytes);

    /// <inheritdoc/>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public Result<IDeviceKernel, string> Compile(KernelSource source)
    {
        Result<CompiledKernel, string> compiled = CompiledKernel.From(source, target);
        return compiled.Succeeded ? new CpuKernel(compiled.Value, compiled.Value.Phases) : compiled.Error;
    }

    /// <inheritdoc/>
    public ILaunch Prepare(IDeviceKernel kernel, ImmutableArray<KernelArguments> turns, int threads)
    {
        if (team is null || team.Members != threads)
        {
            team?.Dispose();
            team = new ThreadTeam(threads);
        }

        return new CpuLaunch((CpuKernel)kernel, turns, team, time);
    }

    /// <inheritdoc/>
    public ITimeline CreateTimeline() => new CpuTimeline(time);

    /// <inheritdoc/>
    public void Dispose()
    {
        team?.Dispose();
        team = null;
    }
}
