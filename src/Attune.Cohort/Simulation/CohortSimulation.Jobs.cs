using Attune.Cohort.Control;

namespace Attune.Cohort.Simulation;

/// <content>Jobs from release to end.</content>
public sealed partial class CohortSimulation
{
    private void Release(SimulatedMember member)
    {
        long job = member.Released++;
        double release = member.NextReleaseUs;
        member.NextReleaseUs += Math.Max(member.Setup.PeriodUs, controller.DeadlineUs(member.Index));
        if (double.IsNaN(countedFromUs) && members.All(each => each.Released > options.WarmUpJobs))
        {
            countedFromUs = now;
            energy = 0;
            busyEnergy = 0;
            Array.Clear(settingUs);
        }

        if (!member.Running)
        {
            Start(member, job, release);
            return;
        }

        if (member.Waiting)
        {
            Drop(member, member.WaitingJob);
        }

        member.Waiting = true;
        member.WaitingJob = job;
        member.WaitingReleaseUs = release;
    }

    private void Start(SimulatedMember member, long job, double release)
    {
        member.Running = true;
        running++;
        member.Job = job;
        member.JobReleaseUs = release;
        member.JobFactor = NoiseSource.Factor(options.JobNoise, options.Seed, member.Index, job, -1);
        member.Stage = 0;
        Continue(member, controller.Release(member.Index, release, now));
    }

    private void EndStage(SimulatedMember member)
    {
        if (++member.Stage < member.Setup.Profile.Stages.Length)
        {
            Continue(member, controller.Boundary(member.Index, now));
            return;
        }

        End(member, finished: true);
    }

    private void End(SimulatedMember member, bool finished)
    {
        member.Running = false;
        running--;
        controller.Complete(member.Index, now, finished);
        if (!finished)
        {
            Drop(member, member.Job);
        }
        else if (IsCounted(member.Job))
        {
            member.Record.Finish(now - member.JobReleaseUs, controller.DeadlineUs(member.Index), controller.LossPoints(member.Index));
            NoteLag(member);
        }

        if (member.Waiting)
        {
            member.Waiting = false;
            Start(member, member.WaitingJob, member.WaitingReleaseUs);
        }
        else
        {
            Repace();
        }
    }

    private void Continue(SimulatedMember member, StageChoice choice)
    {
        decisions++;
        if (choice.Abort)
        {
            End(member, finished: false);
            return;
        }

        member.Variant = choice.Variant;
        member.Remaining = 1;
        member.StageFactor = member.JobFactor * NoiseSource.Factor(options.StageNoise, options.Seed, member.Index, member.Job, member.Stage);
        if (choice.Setting >= 0)
        {
            stalledUntil = now + setup.Plan.Control.SwitchUs;
        }

        if (IsCounted(member.Job))
        {
            NoteLag(member);
        }

        Repace();
    }

    private void Drop(SimulatedMember member, long job)
    {
        if (IsCounted(job))
        {
            member.Record.Drop();
        }
    }

    private bool IsCounted(long job) => job >= options.WarmUpJobs && !double.IsNaN(countedFromUs);
}
