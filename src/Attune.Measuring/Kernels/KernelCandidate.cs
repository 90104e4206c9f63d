using Attune.Devices;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// A compiled kernel on its task's data. Weights are rotated among copies, so that they come from where they come from inside a model, the outer caches
/// or memory, and not from the innermost cache, where a repeated measurement would leave them.
/// </summary>
internal sealed unsafe class KernelCandidate : ICandidate, ITeamJob
{
    private readonly CompiledKernel kernel;
    private readonly TaskData data;
    private readonly ThreadTeam team;
    private readonly AlignedFloats output;
    private readonly AlignedFloats arguments;
    private readonly AlignedFloats workspace;
    private readonly long scratchFloats;
    private readonly int copyCount;
    private int turn;

    public KernelCandidate(CompiledKernel kernel, TaskData data, WeightCopies weights, ThreadTeam team)
    {
        this.kernel = kernel;
        this.data = data;
        this.team = team;
        output = data.MakeOutput();
        copyCount = weights.Count;
        scratchFloats = (kernel.ScratchFloats + 15) / 16 * 16;
        workspace = new AlignedFloats(kernel.SharedFloats + (scratchFloats * team.Members));
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
                table[CompiledKernel.SharedSlot] = workspace.Address + (scratchFloats * team.Members);
                table[CompiledKernel.ScratchSlot] = workspace.Address + (scratchFloats * member);
            }
        }
    }

    public void Run()
    {
        turn = turn + 1 == copyCount ? 0 : turn + 1;
        team.Run(this);
    }

    public double Verify()
    {
        output.Span(0, (int)output.Count).Fill(float.NaN);
        Run();
        return data.Error(output);
    }

    void ITeamJob.Run(int member, TeamBarrier barrier)
    {
        foreach (KernelPhase phase in kernel.Phases)
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
        workspace.Dispose();
    }

    private float** Table(int copy, int member) => (float**)arguments.Address + (((copy * team.Members) + member) * CompiledKernel.Slots);
}
