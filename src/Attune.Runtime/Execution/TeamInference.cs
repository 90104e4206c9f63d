using System.Collections.Immutable;
using Attune.Devices;

namespace Attune.Runtime.Execution;

/// <summary>
/// One context and the job that runs all steps on it: every member does its share of a step, then all meet. When more threads of the process come to work than
/// there are processors, waiting for each other costs more than sharing gains: the caller's thread then does the rest alone. How many share a step changes
/// results at most by roundings, where tiles overlap.
/// </summary>
internal sealed class TeamInference : Inference, ITeamJob
{
    private readonly ImmutableArray<CompiledStep> steps;

    // Phases after which the caller goes on alone. A number, not a flag: a member that is late at one barrier must not take what is decided for the next one
    // for its own.
    private int sharedPhases;

    public TeamInference(ImmutableArray<CompiledStep> steps, RunContext context)
        : base(context)
    {
        this.steps = steps;
        foreach (StepPart part in steps.SelectMany(step => step.Phases).SelectMany(parts => parts))
        {
            part.Bind(context);
        }
    }

    /// <summary>Runs on all members of a team if it is free and processors are idle, otherwise on the caller's thread.</summary>
    /// <param name="team">A team of as many members as the context has.</param>
    public override void Run(ThreadTeam team)
    {
        sharedPhases = int.MaxValue;
        if (Context.Members == 1 || !team.TryRun(this))
        {
            sharedPhases = 0;
            ThreadTeam.RunAlone(this);
        }
    }

    /// <inheritdoc/>
    public override void RunShared(ThreadTeam team)
    {
        sharedPhases = int.MaxValue;
        team.Run(this);
    }

    public void Run(int member, TeamBarrier barrier)
    {
        if (Recording is { } recording)
        {
            RunSteps(member, barrier, recording.StampsOf(member));
        }
        else
        {
            RunSteps(member, barrier, default(NoStamps));
        }
    }

    private void RunSteps<TStamps>(int member, TeamBarrier barrier, TStamps stamps)
        where TStamps : struct, IStampSink
    {
        int members = sharedPhases == 0 ? 1 : Context.Members;
        int phases = 0;
        stamps.Stamp();
        for (int i = 0; i < steps.Length; i++)
        {
            foreach (ImmutableArray<StepPart> parts in steps[i].Phases)
            {
                foreach (StepPart part in parts)
                {
                    part.Run(Context, member, members);
                }

                stamps.Stamp();
                phases++;
                if (members > 1)
                {
                    // Decided before the barrier by one, read behind it by all. A recorded run stays as it was asked for.
                    if (member == 0 && Recording is null && TeamBarrier.IsCrowdedBeside(members))
                    {
                        Volatile.Write(ref sharedPhases, phases);
                    }

                    barrier.Wait();
                    if (Volatile.Read(ref sharedPhases) <= phases)
                    {
                        if (member > 0)
                        {
                            return;
                        }

                        members = 1;
                    }
                }

                stamps.Stamp();
            }
        }
    }
}
