using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates;

/// <summary>
/// Machine code for one kernel. Every phase takes the same buffers: the template's operands, then at <see cref="SharedSlot"/> the shared workspace and at
/// <see cref="ScratchSlot"/> the calling thread's scratch. All threads finish a phase before any begins the next.
/// </summary>
internal sealed class CompiledKernel
{
    /// <summary>Slots of a kernel's table of buffers.</summary>
    public const int Slots = 8;

    /// <summary>Slot of the workspace that threads share.</summary>
    public const int SharedSlot = 5;

    /// <summary>Slot of the thread's own scratch.</summary>
    public const int ScratchSlot = 6;

    private readonly KernelSource source;

    private CompiledKernel(KernelSource source, ImmutableArray<KernelPhase> phases)
    {
        this.source = source;
        Phases = phases;
    }

    /// <summary>Phases in order.</summary>
    public ImmutableArray<KernelPhase> Phases { get; }

    /// <summary>Workspace that all threads share, floats.</summary>
    public long SharedFloats => source.SharedFloats;

    /// <summary>Scratch of each thread, floats.</summary>
    public long ScratchFloats => source.ScratchFloats;

    /// <summary>Rounds of its phases, see <see cref="KernelSource.Rounds"/>.</summary>
    public int Rounds => source.Rounds;

    /// <summary>The loop programs as text.</summary>
    public string Program => string.Join('\n', source.Phases.Select(phase => Printer.Print(phase.Program)));

    /// <summary>Compiles a kernel of one phase; the reason when it is too large to be optimised.</summary>
    internal static Result<CompiledKernel, string> From(LoopProgram program, int units, KernelTarget target) =>
        From(KernelSource.Of((program, units)), target);

    /// <summary>Compiles a kernel; the reason when it is too large to be optimised.</summary>
    internal static Result<CompiledKernel, string> From(KernelSource source, KernelTarget target)
    {
        var phases = ImmutableArray.CreateBuilder<KernelPhase>();
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            Result<KernelEntry, string> entry = KernelLowering.Compile(program, target);
            if (!entry.Succeeded)
            {
                return entry.Error;
            }

            // The first call runs the JIT; with no work units it touches no buffer.
            WarmUp(entry.Value);
            phases.Add(new KernelPhase(entry.Value, units));
        }

        return new CompiledKernel(source, phases.ToImmutable());
    }

    private static unsafe void WarmUp(KernelEntry entry)
    {
        float** nothing = stackalloc float*[Slots];
        entry(nothing, 0, 0);
    }
}
