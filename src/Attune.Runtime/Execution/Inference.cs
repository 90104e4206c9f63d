using System.Collections.Immutable;
using System.Diagnostics;
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

    /// <summary>When set, receives the time at which each step was done (and, first, the start); one longer than the steps.</summary>
    public long[]? Stamps { get; set; }

    public void Run(int member, TeamBarrier barrier)
    {
        long[]? stamps = member == 0 ? Stamps : null;
        if (stamps is not null)
        {
            stamps[0] = Stopwatch.GetTimestamp();
        }

        for (int i = 0; i < steps.Length; i++)
        {
            foreach (ImmutableArray<StepPart> parts in steps[i].Phases)
            {
                foreach (StepPart part in parts)
                {
                    part.Run(Context, member, members);
                }

                barrier.Wait();
            }

            if (stamps is not null)
            {
                stamps[i + 1] = Stopwatch.GetTimestamp();
            }
        }
    }

    public void Dispose() => Context.Dispose();
}
