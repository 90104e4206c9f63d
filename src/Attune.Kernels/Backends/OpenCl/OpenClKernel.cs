using System.Collections.Immutable;
using Attune.Devices.OpenCl;
using Attune.Kernels.Sources;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.OpenCl;

/// <summary>A kernel that the driver compiled.</summary>
internal sealed class OpenClKernel : IDeviceKernel
{
    private readonly OpenClContext context;
    private readonly nint program;

    /// <summary>Keeps a program's functions.</summary>
    /// <param name="context">The device in use.</param>
    /// <param name="program">The program; the kernel gives it back.</param>
    /// <param name="phases">What was printed, and the work units of each.</param>
    /// <param name="kernel">What it was printed from.</param>
    public OpenClKernel(OpenClContext context, nint program, ImmutableArray<(SourceKernel Source, int Units)> phases, KernelSource kernel)
    {
        this.context = context;
        this.program = program;
        ScratchAt = kernel.SharedFloats;
        SharedFloats = kernel.SharedFloats + (kernel.ScratchFloats * phases.Max(phase => phase.Units));
        Phases = [.. phases.Select(phase => (context.CreateKernel(program, phase.Source.Name), phase.Source, phase.Units))];
    }

    /// <summary>The driver's handle of each phase, what was printed, and its work units.</summary>
    public ImmutableArray<(nint Handle, SourceKernel Source, int Units)> Phases { get; }

    /// <summary>Where the scratch of the first work unit lies in the workspace, floats; those of the others follow.</summary>
    public long ScratchAt { get; }

    /// <inheritdoc/>
    public long SharedFloats { get; }

    /// <inheritdoc/>
    public long ScratchFloats => 0;

    /// <inheritdoc/>
    public string Usage => string.Join("; ", Phases.Select(phase =>
    {
        (long lanes, long shared, long own) = context.LimitsOf(phase.Handle);
        return $"groups of at most {lanes} lanes share {shared} bytes, each lane keeps {own} bytes of its own in memory";
    }));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((nint handle, _, _) in Phases)
        {
            context.FreeKernel(handle);
        }

        context.FreeProgram(program);
    }
}
