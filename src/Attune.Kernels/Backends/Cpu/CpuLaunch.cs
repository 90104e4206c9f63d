using System.Collections.Immutable;
using Attune.Devices;
using Attune.Devices.Memory;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends.Cpu;

/// <summary>Machine code with a table of addresses for every turn and thread.</summary>
internal sealed unsafe class CpuLaunch : ILaunch, ITeamJob
{
    private readonly ImmutableArray<KernelPhase> phases;
    private readonly ThreadTeam team;
    private readonly TimeProvider clock;
    private readonly AlignedFloats tables;
    private readonly int turns;
    private int turn = -1;

    /// <summary>Fills the tables.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="turns">Memory of each turn.</param>
    /// <param name="team">Threads to run on.</param>
    /// <param name="clock">Clock of the durations.</param>
    public CpuLaunch(CpuKernel kernel, ImmutableArray<KernelArguments> turns, ThreadTeam team, TimeProvider clock)
    {
        phases = kernel.Phases;
        this.team = team;
        this.clock = clock;
        this.turns = turns.Length;
        tables = new AlignedFloats((long)sizeof(nint) / sizeof(float) * turns.Length * team.Members * CompiledKernel.Slots);
        for (int i = 0; i < turns.Length; i++)
        {
            for (int member = 0; member < team.Members; member++)
            {
                float** table = Table(i, member);
                for (int slot = 0; slot < turns[i].Operands.Length; slot++)
                {
                    table[slot] = AddressOf(turns[i].Operands[slot]);
                }

                table[CompiledKernel.SharedSlot] = AddressOf(turns[i].Shared);
                table[CompiledKernel.ScratchSlot] = AddressOf(turns[i].Scratch[member]);
            }
        }
    }

    /// <inheritdoc/>
    public double Run(int times)
    {
        long start = clock.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            turn = turn + 1 == turns ? 0 : turn + 1;
            team.Run(this);
        }

        return clock.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <inheritdoc/>
    public void Begin() => Run(1);

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

    /// <inheritdoc/>
    public void Dispose() => tables.Dispose();

    private static float* AddressOf(DeviceRegion region) => region.Memory is null ? null : (float*)((byte*)region.Memory.Host + region.Offset);

    private float** Table(int of, int member) => (float**)tables.Address + (((of * team.Members) + member) * CompiledKernel.Slots);
}
