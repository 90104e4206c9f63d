using System.Collections.Immutable;
using Attune.Devices;

namespace Attune.Runtime.Execution;

/// <summary>One context and the job that runs all steps on it: every member does its share of a step, then all meet.</summary>
internal sealed class Inference : ITeamJob, IDisposable
{
    private readonly ImmutableArray<CompiledStep> steps;
    private readonly int members;

    public Inference(ImmutableArray<CompiledStep> steps, RunContext context, int members)
    {
        this.steps = steps;
        this.members = members;
        Context = context;
        foreach (StepPart part in steps.SelectMany(step => step.Phases).SelectMany(parts => parts))
        {
            part.Bind(context);
        }
    }

    public RunContext Context { get; }

    /// <summary>When set, receives every member's times of each step.</summary>
    public RunRecording? Recording { get; set; }

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

    public void Dispose() => Context.Dispose();

    private void RunSteps<TStamps>(int member, TeamBarrier barrier, TStamps stamps)
        where TStamps : struct, IStampSink
    {
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
                barrier.Wait();
                stamps.Stamp();
            }
        }
    }
}
