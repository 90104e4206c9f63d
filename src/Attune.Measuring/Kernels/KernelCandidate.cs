using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// A compiled kernel on its task's data. Weights are rotated among copies, so that they come from where they come from inside a model, the outer caches
/// or memory, and not from the innermost cache, where a repeated measurement would leave them.
/// </summary>
internal sealed unsafe class KernelCandidate : ICandidate, ITeamJob
{
    // Reading more after every candidate would cost as much as timing it.
    private const long SmallWeights = 8L << 20;
    private readonly ImmutableArray<KernelPhase> phases;
    private readonly TaskData data;
    private readonly ThreadTeam team;
    private readonly GuardedFloats output;
    private readonly GuardedFloats shared;
    private readonly GuardedFloats[] scratch;
    private readonly AlignedFloats arguments;
    private readonly int copyCount;
    private readonly bool smallWeights;
    private readonly int identity;
    private int turn;

    /// <summary>Puts a kernel on data.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="phases">Its phases.</param>
    /// <param name="data">The task's data.</param>
    /// <param name="weights">Weights packed for the kernel.</param>
    /// <param name="team">Threads to run on.</param>
    /// <param name="identity">Tells candidates apart: they draw different inputs.</param>
    public KernelCandidate(CompiledKernel kernel, ImmutableArray<KernelPhase> phases, TaskData data, WeightCopies weights, ThreadTeam team, int identity)
    {
        this.phases = phases;
        this.data = data;
        this.team = team;
        this.identity = identity;
        data.Settle();
        output = new GuardedFloats(data.OutputCount);
        shared = new GuardedFloats(kernel.SharedFloats);
        scratch = [.. Enumerable.Range(0, team.Members).Select(_ => new GuardedFloats(kernel.ScratchFloats))];
        copyCount = weights.Count;
        smallWeights = weights.Memory.Count * sizeof(float) <= SmallWeights;
        arguments = new AlignedFloats(2L * copyCount * team.Members * CompiledKernel.Slots);
        for (int copy = 0; copy < copyCount; copy++)
        {
            for (int member = 0; member < team.Members; member++)
            {
                float** table = Table(copy, member);
                table[0] = data.Input.Address;
                table[1] = weights.Memory.Address + (copy * weights.Stride);
                table[2] = data.Bias.Address;
                table[3] = null;
                table[4] = output.Address;
                table[CompiledKernel.SharedSlot] = shared.Address;
                table[CompiledKernel.ScratchSlot] = scratch[member].Address;
            }
        }
    }

    public void Run()
    {
        turn = turn + 1 == copyCount ? 0 : turn + 1;
        team.Run(this);
    }

    public void Renew(long number)
    {
        // Every eighth is one like those that are timed; between them come the other kinds, each candidate beginning with another.
        int seed = unchecked((identity * 7919) ^ (int)(number * 0x9E3779B1));
        long kind = number % ProbeInput.Kinds == 0 ? 0 : 1 + ((number + (uint)identity) % (ProbeInput.Kinds - 1));
        data.Renew((ProbeKind)kind, seed);
    }

    public Verdict Check()
    {
        output.Poison();
        Run();
        return Compare(contents: false, large: false);
    }

    public Verdict Inspect(bool thorough) => Compare(contents: true, large: thorough || smallWeights);

    void ITeamJob.Run(int member, TeamBarrier barrier)
    {
        foreach (KernelPhase phase in phases)
        {
            int begin = (int)((long)phase.Units * member / team.Members);
            int end = (int)((long)phase.Units * (member + 1) / team.Members);
            if (begin < end)
            {
                phase.Entry(Table(turn, member), begin, end);
            }

            barrier.Wait();
        }
    }

    public void Dispose()
    {
        output.Dispose();
        arguments.Dispose();
        shared.Dispose();
        foreach (GuardedFloats own in scratch)
        {
            own.Dispose();
        }
    }

    private Verdict Compare(bool contents, bool large)
    {
        double error = data.Error(output);
        string? fault = !output.IsIntact || !shared.IsIntact || !Array.TrueForAll(scratch, own => own.IsIntact) ? "wrote outside its output" : data.Damage(contents, large);
        var verdict = new Verdict(error, fault);
        if (!verdict.IsCorrect)
        {
            data.Restore();
        }

        return verdict;
    }

    private float** Table(int copy, int member) => (float**)arguments.Address + (((copy * team.Members) + member) * CompiledKernel.Slots);
}
