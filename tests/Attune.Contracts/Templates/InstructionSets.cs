using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;

namespace Attune.Contracts.Templates;

/// <summary>Sets of instructions of this machine, some of them switched off, that make different machine code.</summary>
internal static class InstructionSets
{
    private const VectorInstructions Narrow = VectorInstructions.Widen256 | VectorInstructions.FusedMultiplyAdd;
    private const VectorInstructions Wide = VectorInstructions.Widen512 | VectorInstructions.ManyRegisters;

    /// <summary>Those that suffice for a width; none where no machine code runs.</summary>
    /// <param name="lanes">Floats per vector.</param>
    /// <param name="products">True for sets that differ in products of bytes alone, too.</param>
    /// <param name="brainFloats">True for those alone that suffice for programs with brain floats.</param>
    public static IEnumerable<VectorInstructions> Of(int lanes, bool products, bool brainFloats = false)
    {
        const VectorInstructions both = VectorInstructions.DotProduct256 | VectorInstructions.DotProduct512;
        VectorInstructions all = HostTarget.Widest.Instructions;
        VectorInstructions needed = lanes == 16 ? Narrow | Wide : Narrow;
        needed = brainFloats ? needed | Wide | VectorInstructions.BFloat16Products : needed;
        VectorInstructions[] absent = products
            ? [VectorInstructions.None, Wide, VectorInstructions.DotProduct512, VectorInstructions.DotProduct256, both, Wide | both]
            : [VectorInstructions.None, Wide];
        return NativeKernel.Refusal is null ? absent.Select(one => all & ~one).Distinct().Where(set => (set & needed) == needed) : [];
    }
}
