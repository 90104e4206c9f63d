using Attune.Kernels.Loops;

namespace Attune.Kernels.Targets;

/// <summary>
/// What kernels are generated for, as a value: spaces, templates, packing, plans and lowering ask it and never the machine they happen to run on, so that
/// kernels of a narrower or another machine can be planned, printed and tested anywhere. Equality is by value.
/// </summary>
public sealed record KernelTarget
{
    /// <summary>Kind of device.</summary>
    public TargetKind Kind { get; init; } = TargetKind.Cpu;

    /// <summary>Floats per vector: 4, 8 or 16 on a processor. Also the channels of a block in blocked layouts.</summary>
    public required int Lanes { get; init; }

    /// <summary>Instructions that generated code may use.</summary>
    public VectorInstructions Instructions { get; init; }

    /// <summary>Kernels that become machine code of our own rather than the JIT's.</summary>
    public MachineCodeUse MachineCode { get; init; }

    /// <summary>
    /// Vector registers, which bound register tiles. What is not set follows from the instructions: 512-bit vectors come with 32 of them, narrower ones with
    /// 16.
    /// </summary>
    public int Registers
    {
        get => field > 0 ? field : Lanes == 16 || Instructions.HasFlag(VectorInstructions.ManyRegisters) ? 32 : 16;
        init;
    }

    /// <summary>Caches of one core.</summary>
    public CacheSizes Caches { get; init; } = CacheSizes.Typical;

    /// <summary>Limits of groups; null for a processor.</summary>
    public GroupLimits? Groups { get; init; }

    /// <summary>True when kernels multiply four pairs of bytes with one instruction: machine code of our own, or narrower vectors through the JIT.</summary>
    internal bool MultipliesBytes =>
        (Lanes < 16 || MachineCode != MachineCodeUse.None) && Instructions.HasFlag(VectorInstructions.DotProduct256)
        || (MachineCode != MachineCodeUse.None && Instructions.HasFlag(VectorInstructions.DotProduct512));

    /// <summary>True when kernels multiply two pairs of brain floats with one instruction: in machine code of our own alone.</summary>
    internal bool MultipliesHalves => MachineCode != MachineCodeUse.None && Instructions.HasFlag(VectorInstructions.BFloat16Products);

    /// <summary>True when kernels multiply matrices in registers of their own: in machine code of our own, beside the widest vectors.</summary>
    internal bool MultipliesTiles => MachineCode != MachineCodeUse.None && Lanes == MatrixTile.MaxWords && Instructions.HasFlag(VectorInstructions.MatrixTiles);

    /// <summary>True when there are kernels for vectors of so many floats on this kind of device.</summary>
    /// <param name="lanes">Floats per vector.</param>
    internal bool Takes(int lanes) => Kind == TargetKind.Cpu ? lanes is 4 or 8 or 16 : lanes == Lanes;

    /// <summary>The same device used with vectors of another width.</summary>
    /// <param name="lanes">Floats per vector: 4, 8 or 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such width exists.</exception>
    public KernelTarget WithLanes(int lanes) =>
        Takes(lanes)
            ? this with { Lanes = lanes }
            : throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "Vectors have 4, 8 or 16 floats.");
}
