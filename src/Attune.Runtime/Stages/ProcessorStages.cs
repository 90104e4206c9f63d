using System.Collections.Immutable;
using Attune.Devices;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Stages;

/// <summary>Stages on processors: the members of a team share each step and meet behind it.</summary>
internal sealed class ProcessorStages : StagedInference, ITeamJob
{
    private readonly ImmutableArray<CompiledStep> steps;
    private readonly RunContext context;
    private int first;
    private int last;
    private int members;

    /// <summary>Binds the steps to memory, which it owns from then on.</summary>
    public ProcessorStages(
        ImmutableArray<CompiledStep> steps, ExecutionPlan plan, RunContext context, ImmutableArray<FormedLayer> layers, SharedLifetime model)
        : base(steps.Length, plan, context, layers, model)
    {
        this.steps = steps;
        this.context = context;
        foreach (StepPart part in steps.SelectMany(step => step.Phases).SelectMany(parts => parts))
        {
            part.Bind(context);
        }
    }

    /// <inheritdoc/>
    void ITeamJob.Run(int member, TeamBarrier barrier)
    {
        for (int i = first; i < last; i++)
        {
            CompiledStep step = steps[i];
            if (step.Layer >= 0 && step.Form != FormOf(step.Layer))
            {
                continue;
            }

            foreach (ImmutableArray<StepPart> parts in step.Phases)
            {
                foreach (StepPart part in parts)
                {
                    part.Run(context, member, members);
                }

                barrier.Wait();
            }
        }
    }

    /// <inheritdoc/>
    private protected override void Run(RunContext memory, int begin, int end, ThreadTeam team, int threads)
    {
        (first, last, members) = (begin, end, threads);
        team.Run(this, threads);
    }
}
