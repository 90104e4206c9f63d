using System.Collections.Immutable;
using Attune.Devices.Memory;
using Attune.Devices.OpenCl;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.OpenCl;

/// <summary>A kernel with its memory. Durations are those of the kernels alone, by the device's clock: what lies between two launches is not in them.</summary>
internal sealed unsafe class OpenClLaunch : ILaunch
{
    private const int Pending = 256;
    private const double NanosecondsPerMillisecond = 1e6;
    private readonly OpenClContext context;
    private readonly OpenClKernel kernel;
    private readonly ImmutableArray<KernelArguments> turns;
    private readonly nuint[][] lanes;
    private readonly nuint[][] groups;
    private readonly AlignedFloats events = new(Pending * sizeof(nint) / sizeof(float));
    private int turn = -1;

    /// <summary>Binds a kernel to memory.</summary>
    /// <param name="context">The device in use.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="turns">Memory of each turn.</param>
    public OpenClLaunch(OpenClContext context, OpenClKernel kernel, ImmutableArray<KernelArguments> turns)
    {
        this.context = context;
        this.kernel = kernel;
        this.turns = turns;
        groups = [.. kernel.Phases.Select(phase => Sizes(phase.Source.Shape.LanesX, phase.Source.Shape.LanesY, phase.Source.Shape.LanesZ))];
        lanes =
        [
            .. kernel.Phases.Select((phase, i) => new[]
            {
                (nuint)phase.Source.Shape.GroupsX * groups[i][0],
                (nuint)phase.Source.Shape.GroupsY * groups[i][1],
                (nuint)phase.Source.Shape.GroupsZ * groups[i][2],
            }),
        ];
    }

    /// <inheritdoc/>
    public double Run(int times)
    {
        long nanoseconds = 0;
        int pending = 0;
        for (int i = 0; i < times; i++)
        {
            if (pending + kernel.Phases.Length > Pending)
            {
                nanoseconds += Collect(pending);
                pending = 0;
            }

            Enqueue((nint*)events.Address + pending);
            pending += kernel.Phases.Length;
        }

        return (nanoseconds + Collect(pending)) / NanosecondsPerMillisecond;
    }

    /// <inheritdoc/>
    public void Begin() => Enqueue(null);

    /// <inheritdoc/>
    public void Dispose() => events.Dispose();

    private static nuint[] Sizes(int x, int y, int z) => [(nuint)x, (nuint)y, (nuint)z];

    // One run; the times of each phase go to a place of its own.
    private void Enqueue(nint* ended)
    {
        turn = turn + 1 == turns.Length ? 0 : turn + 1;
        for (int phase = 0; phase < kernel.Phases.Length; phase++)
        {
            Bind(phase, turns[turn]);
            context.Enqueue(kernel.Phases[phase].Handle, lanes[phase], groups[phase], ended == null ? null : ended + phase);
        }
    }

    private void Bind(int phase, KernelArguments memory)
    {
        (nint handle, Sources.SourceKernel source, int units) = kernel.Phases[phase];
        int at = 0;
        foreach (int position in source.Arguments)
        {
            DeviceRegion region = position switch
            {
                CompiledKernel.SharedSlot => memory.Shared,
                CompiledKernel.ScratchSlot => memory.Shared with { Offset = memory.Shared.Offset + (kernel.ScratchAt * sizeof(float)) },
                _ => memory.Operands[position],
            };
            source.RequireAligned(position, region.Offset);
            context.SetMemory(handle, at++, ((OpenClMemory)region.Memory!).Handle);
            context.SetNumber(handle, at++, checked((int)(region.Offset / sizeof(float))));
        }

        if (source.TakesUnits)
        {
            context.SetNumber(handle, at, units);
        }
    }

    private long Collect(int pending)
    {
        context.Finish();
        long nanoseconds = 0;
        for (int i = 0; i < pending; i++)
        {
            nanoseconds += context.Duration(((nint*)events.Address)[i]);
        }

        return nanoseconds;
    }
}
