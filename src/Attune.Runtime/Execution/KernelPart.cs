using Attune.Devices.Memory;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Runs one phase of a compiled kernel; work units are split evenly among the members.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="phase">Position of the phase.</param>
/// <param name="operands">Its buffers, in position order.</param>
/// <param name="slot">First slot of the kernel's argument tables, one table per member.</param>
internal sealed unsafe class KernelPart(CompiledKernel kernel, int phase, Operand[] operands, int slot) : StepPart
{
    private readonly KernelPhase code = kernel.Phases[phase];

    public override int Units => code.Units;

    public override void Bind(RunContext context) => Bind(context, operands, slot);

    /// <summary>Fills the argument tables of a kernel, one for each member.</summary>
    /// <param name="context">The inference.</param>
    /// <param name="operands">The kernel's buffers, in position order.</param>
    /// <param name="slot">First slot of the tables.</param>
    public static void Bind(RunContext context, Operand[] operands, int slot)
    {
        for (int member = 0; member < context.Members; member++)
        {
            float** table = context.Arguments + slot + (member * CompiledKernel.Slots);
            for (int i = 0; i < operands.Length; i++)
            {
                table[i] = operands[i] switch
                {
                    { Constant: { } constant } => constant.Address,
                    { Storage: { } storage } => context.AddressOf(storage),
                    _ => null,
                };
            }

            table[CompiledKernel.SharedSlot] = context.Shared;
            table[CompiledKernel.ScratchSlot] = context.ScratchOf(member);
        }
    }

    public override void Run(RunContext context, int member, int members)
    {
        int begin = (int)((long)code.Units * member / members);
        int end = (int)((long)code.Units * (member + 1) / members);
        if (begin < end)
        {
            code.Entry(context.Arguments + slot + (member * CompiledKernel.Slots), begin, end);
        }
    }
}

/// <summary>One buffer of a kernel: a value in the arena, a constant, or nothing.</summary>
/// <param name="Storage">Value, when it is one.</param>
/// <param name="Constant">Packed weights or tables, when it is one.</param>
internal readonly record struct Operand(Storage? Storage, AlignedFloats? Constant)
{
    public static Operand None => default;

    public static implicit operator Operand(Storage storage) => new(storage, null);

    public static implicit operator Operand(AlignedFloats constant) => new(null, constant);
}
