using Attune.Devices;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops;

/// <summary>Compiles a loop program for a processor: to machine code of our own where the target says so and that can be, through the JIT otherwise.</summary>
internal static class KernelLowering
{
    private const VectorInstructions ByteProducts = VectorInstructions.DotProduct256 | VectorInstructions.DotProduct512;

    /// <summary>Compiles a program; the reason when neither way takes it.</summary>
    /// <param name="program">A program for a processor.</param>
    /// <param name="target">What it is compiled for: this machine, or a part of it.</param>
    public static Result<KernelEntry, string> Compile(LoopProgram program, KernelTarget target)
    {
        bool isOwn = target.MachineCode switch
        {
            MachineCodeUse.All => true,
            MachineCodeUse.ByteProducts => Gains(program, target.Instructions),
            _ => false,
        };
        if (isOwn && X64Lowering.Compile(program, target.Instructions) is { Succeeded: true } compiled)
        {
            return compiled;
        }

        return IlLowering.Compile(program, target.Instructions);
    }

    // What only moves narrow elements gains too: its neighbours' code is ours already, and compiles in a fraction of the time.
    private static bool Gains(LoopProgram program, VectorInstructions instructions) =>
        (instructions.HasFlag(VectorInstructions.MatrixTiles) && ProductScan.HasTiles(program))
        || ((instructions & ByteProducts) != VectorInstructions.None && (ProductScan.HasBytes(program) || Has(program, DataType.UInt8)))
        || (instructions.HasFlag(VectorInstructions.BFloat16Products) && (ProductScan.NeedsBrainFloats(program) || Has(program, DataType.BFloat16)));

    private static bool Has(LoopProgram program, DataType element) => program.Buffers.Any(buffer => buffer.Element == element);
}
