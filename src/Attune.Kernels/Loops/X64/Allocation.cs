namespace Attune.Kernels.Loops.X64;

/// <summary>Where virtual registers lie: in a register of the machine, or in a slot of the stack.</summary>
/// <param name="Registers">The machine's register of each; -1 for those in a slot or without a life.</param>
/// <param name="Slots">The slot of each, bytes from the first one; -1 for those in a register.</param>
/// <param name="SlotBytes">Bytes of all slots.</param>
/// <param name="VectorScratch">Vector registers that hold what comes from a slot or goes to one; two of them when there are vectors in slots.</param>
internal sealed record Allocation(int[] Registers, int[] Slots, int SlotBytes, int[] VectorScratch);
