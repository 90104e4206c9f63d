using System.Collections.Immutable;
using Attune.Devices.Cuda;
using Attune.Devices.Memory;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>
/// A kernel with its memory. Durations are those between two marks in the device's stream, before the first of the runs and behind the last: what lies between
/// two launches is in them, about a microsecond each as long as the device is slower than the one who launches.
/// </summary>
internal sealed unsafe class CudaLaunch : ILaunch
{
    private readonly CudaContext context;
    private readonly CudaKernel kernel;
    private readonly int turns;
    private readonly AlignedFloats arguments;
    private readonly nint begin;
    private readonly nint end;
    private int turn = -1;

    /// <summary>Binds a kernel to memory.</summary>
    /// <param name="context">The device in use.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="turns">Memory of each turn.</param>
    public CudaLaunch(CudaContext context, CudaKernel kernel, ImmutableArray<KernelArguments> turns)
    {
        this.context = context;
        this.kernel = kernel;
        this.turns = turns.Length;
        int places = turns.Length * kernel.Phases.Length * 2 * Stride(kernel);
        arguments = new AlignedFloats(places * sizeof(ulong) / sizeof(float));
        for (int i = 0; i < turns.Length; i++)
        {
            for (int phase = 0; phase < kernel.Phases.Length; phase++)
            {
                Bind(turns[i], kernel.Phases[phase], ArgumentsOf(i, phase));
            }
        }

        begin = context.CreateEvent();
        end = context.CreateEvent();
    }

    /// <inheritdoc/>
    public double Run(int times)
    {
        context.Record(begin);
        for (int i = 0; i < times; i++)
        {
            Enqueue();
        }

        context.Record(end);
        context.Finish();
        return context.Elapsed(begin, end);
    }

    /// <inheritdoc/>
    public void Begin() => Enqueue();

    /// <inheritdoc/>
    public void Dispose()
    {
        context.FreeEvent(begin);
        context.FreeEvent(end);
        arguments.Dispose();
    }

    // Most arguments of a phase: an address and a distance for each operand, and the number of units.
    private static int Stride(CudaKernel kernel) => kernel.Phases.Max(phase => (2 * phase.Source.Arguments.Length) + 1);

    // The addresses of a phase's arguments; the arguments themselves lie behind them, in eight bytes each.
    private void** ArgumentsOf(int at, int phase) => (void**)arguments.Address + (((at * kernel.Phases.Length) + phase) * 2L * Stride(kernel));

    private void Enqueue()
    {
        turn = turn + 1 == turns ? 0 : turn + 1;
        for (int i = 0; i < kernel.Phases.Length; i++)
        {
            CudaPhase phase = kernel.Phases[i];
            LaunchShape shape = phase.Source.Shape;
            context.Launch(
                phase.Function, (shape.GroupsX, shape.GroupsY, shape.GroupsZ), (shape.LanesX, shape.LanesY, shape.LanesZ), ArgumentsOf(turn, i));
        }
    }

    private void Bind(KernelArguments memory, CudaPhase phase, void** addresses)
    {
        ulong* values = (ulong*)(addresses + Stride(kernel));
        int at = 0;
        void Add(ulong value)
        {
            values[at] = value;
            addresses[at] = values + at;
            at++;
        }

        foreach (int position in phase.Source.Arguments)
        {
            DeviceRegion region = position switch
            {
                CompiledKernel.SharedSlot => memory.Shared,
                CompiledKernel.ScratchSlot => memory.Shared with { Offset = memory.Shared.Offset + (kernel.ScratchAt * sizeof(float)) },
                _ => memory.Operands[position],
            };
            phase.Source.RequireAligned(position, region.Offset);
            Add(((CudaMemory)region.Memory!).Address);

            // A number of 32 bits is read from the lower half, which comes first on every machine there is.
            Add(checked((uint)(region.Offset / sizeof(float))));
        }

        if (phase.Source.TakesUnits)
        {
            Add((uint)phase.Units);
        }
    }
}
