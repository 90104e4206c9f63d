using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Runs a compiled kernel; work units are split evenly among the members.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="operands">Its buffers, in position order.</param>
/// <param name="slot">First slot of its arguments in the context's table.</param>
internal sealed unsafe class KernelPart(CompiledKernel kernel, Operand[] operands, int slot) : StepPart
{
    public CompiledKernel Kernel => kernel;

    public override void Bind(RunContext context)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            context.Arguments[slot + i] = operands[i] switch
            {
                { Constant: { } constant } => constant.Address,
                { Storage: { } storage } => context.AddressOf(storage),
                _ => null,
            };
        }
    }

    public override void Run(RunContext context, int member, int members)
    {
        int begin = (int)((long)kernel.Units * member / members);
        int end = (int)((long)kernel.Units * (member + 1) / members);
        if (begin < end)
        {
            kernel.Entry(context.Arguments + slot, begin, end);
        }
    }
}

/// <summary>One buffer of a kernel: a value in the arena, a constant, or nothing.</summary>
/// <param name="Storage">Value, when it is one.</param>
/// <param name="Constant">Packed weights or tables, when it is one.</param>
internal readonly record struct Operand(Storage? Storage, NativeBuffer? Constant)
{
    public static Operand None => default;

    public static implicit operator Operand(Storage storage) => new(storage, null);

    public static implicit operator Operand(NativeBuffer constant) => new(null, constant);
}
