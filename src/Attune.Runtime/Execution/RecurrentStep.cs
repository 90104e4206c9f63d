using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>A recurrent layer ready to run.</summary>
/// <param name="kernel">Its kernel, in rounds.</param>
/// <param name="operands">The kernel's buffers, in position order.</param>
/// <param name="states">Where states come from and go to.</param>
/// <param name="slot">First slot of the kernel's argument tables, one table per member.</param>
internal sealed unsafe class RecurrentStep(CompiledKernel kernel, Operand[] operands, RecurrentStates states, int slot)
{
    // Operations between two barriers; fewer cost less than threads that wait for each other.
    private const long MinSharedFlops = 400_000;

    private readonly int strands = states.Workload.Strands;

    /// <summary>
    /// What runs, phase by phase. Each strand is one thread's, from its first step to its last; where threads are left over and steps are worth it, all threads
    /// share each step, with a barrier behind it.
    /// </summary>
    /// <param name="members">Threads at most.</param>
    public List<List<StepPart>> Phases(int members)
    {
        if (members <= strands || states.Workload.StepFlops / kernel.Phases.Length < MinSharedFlops)
        {
            return [[new Part(this, strands, bind: true, RunStrands)]];
        }

        var phases = new List<List<StepPart>> { new() { new Part(this, strands, bind: true, (context, _, first, end) => Begin(context, first, end)) } };
        for (int round = 0; round < kernel.Rounds; round++)
        {
            for (int phase = 0; phase < kernel.Phases.Length; phase++)
            {
                KernelPhase code = kernel.Phases[phase];
                int units = code.Units / kernel.Rounds;
                int offset = round * units;
                phases.Add(
                [
                    new Part(this, units, bind: false, (context, member, first, end) => code.Entry(Table(context, member), offset + first, offset + end)),
                ]);
            }
        }

        phases.Add([new Part(this, strands, bind: false, (context, _, first, end) => End(context, first, end))]);
        return phases;
    }

    private float** Table(RunContext context, int member) => context.Arguments + slot + (member * CompiledKernel.Slots);

    private void Bind(RunContext context) => KernelPart.Bind(context, operands, slot);

    private void Begin(RunContext context, int first, int end)
    {
        for (int strand = first; strand < end; strand++)
        {
            states.Begin(context, strand);
        }
    }

    private void End(RunContext context, int first, int end)
    {
        for (int strand = first; strand < end; strand++)
        {
            states.End(context, strand);
        }
    }

    private void RunStrands(RunContext context, int member, int first, int end)
    {
        // One strand behind the other: its weights then stay in the caches.
        for (int strand = first; strand < end; strand++)
        {
            states.Begin(context, strand);
            for (int round = 0; round < kernel.Rounds; round++)
            {
                foreach (KernelPhase code in kernel.Phases)
                {
                    int units = code.Units / kernel.Rounds / strands;
                    int begin = ((round * strands) + strand) * units;
                    code.Entry(Table(context, member), begin, begin + units);
                }
            }

            states.End(context, strand);
        }
    }

    private sealed class Part(RecurrentStep step, int units, bool bind, Action<RunContext, int, int, int> run) : StepPart
    {
        public override int Units => units;

        public override void Bind(RunContext context)
        {
            if (bind)
            {
                step.Bind(context);
            }
        }

        public override void Run(RunContext context, int member, int members)
        {
            int first = (int)((long)units * member / members);
            int end = (int)((long)units * (member + 1) / members);
            if (first < end)
            {
                run(context, member, first, end);
            }
        }
    }
}
