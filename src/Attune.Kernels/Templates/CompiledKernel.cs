using Attune.Kernels.Loops;

namespace Attune.Kernels.Templates;

/// <summary>Machine code for one kernel. Work units may be split among threads in any way; each unit writes its own part of the output.</summary>
public sealed class CompiledKernel
{
    private readonly LoopProgram program;

    private CompiledKernel(LoopProgram program, KernelEntry entry, int units)
    {
        this.program = program;
        Entry = entry;
        Units = units;
    }

    /// <summary>The code.</summary>
    public KernelEntry Entry { get; }

    /// <summary>Number of work units.</summary>
    public int Units { get; }

    /// <summary>The loop program as text.</summary>
    public string Program => Printer.Print(program);

    /// <summary>Compiles a program; null and a reason when it is too large to be optimised.</summary>
    internal static CompiledKernel? From(LoopProgram program, int units, out string? refusal)
    {
        KernelEntry? entry = IlLowering.Compile(program, out refusal);
        if (entry is null)
        {
            return null;
        }

        // The first call runs the JIT; with no work units it touches no buffer.
        unsafe
        {
            float** nothing = stackalloc float*[program.Buffers.Length];
            entry(nothing, 0, 0);
        }

        return new CompiledKernel(program, entry, units);
    }
}
