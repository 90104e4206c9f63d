using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>A recurrent layer ready to run.</summary>
/// <param name="kernel">Its kernel, in rounds.</param>
/// <param name="operands">The kernel's buffers, in position order.</param>
/// <param name="states">Where states come from and go to.</param>
/// <param name="slot">First slot of the kernel's argument tables, one table per member.</param>
internal sealed unsafe class RecurrentStep(CompiledKernel kernel, Operand[] operands, RecurrentStates states, int slot)
{
    // A step below that costs less than threads that wait for each other behind it.
    private const long MinSharedFlops = 100_000;

    private readonly int directions = states.Workload.Directions;

    /// <summary>
    /// What runs, phase by phase. Steps that are worth it are shared by all threads, with a barrier behind each; of others each direction is one thread's, from
    /// its first step to its last.
    /// </summary>
    /// <param name="members">Threads at most.</param>
    public List<List<StepPart>> Phases(int members)
    {
        if (members <= directions || states.Workload.StepFlops < MinSharedFlops)
        {
            return [[new Part(this, directions, bind: true, RunDirection)]];
        }

        var phases = new List<List<StepPart>> { new() { new Part(this, directions, bind: true, (context, _, first, end) => Begin(context, first, end)) } };
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

        phases.Add([new Part(this, directions, bind: false, (context, _, first, end) => End(context, first, end))]);
        return phases;
    }

    private float** Table(RunContext context, int member) => context.Arguments + slot + (member * CompiledKernel.Slots);

    private void Begin(RunContext context, int first, int end)
    {
        for (int direction = first; direction < end; direction++)
        {
            states.Begin(context, direction);
        }
    }

    private void End(RunContext context, int first, int end)
    {
        for (int direction = first; direction < end; direction++)
        {
            states.End(context, direction);
        }
    }

    private void RunDirection(RunContext context, int member, int first, int end)
    {
        // One direction behind the other: its weights then stay in the caches.
        for (int direction = first; direction < end; direction++)
        {
            states.Begin(context, direction);
            for (int round = 0; round < kernel.Rounds; round++)
            {
                foreach (KernelPhase code in kernel.Phases)
                {
                    int units = code.Units / kernel.Rounds / directions;
                    int begin = ((round * directions) + direction) * units;
                    code.Entry(Table(context, member), begin, begin + units);
                }
            }

            states.End(context, direction);
        }
    }

    private sealed class Part(RecurrentStep step, int units, bool bind, Action<RunContext, int, int, int> run) : StepPart
    {
        public override int Units => units;

        public override void Bind(RunContext context)
        {
            if (bind)
            {
                KernelPart.Bind(context, step.Operands, step.Slot);
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

    private Operand[] Operands => operands;

    private int Slot => slot;
}
