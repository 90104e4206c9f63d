using Attune.Cohort.Control;

namespace Attune.Cohort.Live;

/// <content>Jobs from release to end, the knobs, and members that are freed. Callers hold the lock unless stated otherwise.</content>
public sealed partial class RunningCohort
{
    private void Begin(int position, LiveJob job, double now)
    {
        LiveMember member = members[position];
        member.Job = job;
        member.Stage = 0;
        member.ForgetLoss();
        member.Network.Begin(job.Input.Span);
        double began = NowUs;
        member.Decided = controller.Release(position, job.ReleaseUs, began);
        counters.Decided(NowUs - began);
        Wake(null);
    }

    private void Replace(int position, LiveMember asked, LiveJob job, double now)
    {
        if (asked.Waiting is { } older)
        {
            JobReport report = Unborn(position, older, JobStatus.Replaced, now, null);
            counters.Count(position, report);
            telemetry.Ended(position, report);
            older.End(report);
        }

        asked.Waiting = job;
    }

    private void End(int position, JobStatus status, double now, string? error)
    {
        LiveMember member = members[position];
        JobReport report = member.Report(position, status, now, error);
        if (controller.Complete(position, now, status == JobStatus.Done) == StageChoice.Rest)
        {
            Rest();
        }

        counters.Count(position, report);
        telemetry.Ended(position, report);
        LiveJob ended = member.Job!;
        member.Job = null;
        if (member.Waiting is { } next && member.Failure is null && !closed)
        {
            member.Waiting = null;
            Begin(position, next, now);
        }

        ended.End(report);
    }

    /// <summary>Makes a setting the one in force. Knobs are turned when the lock is given back.</summary>
    private void Apply(int next)
    {
        setting = next;
        threads = ThreadsOf(next);
        actuator.Want(next);
        counters.Switched();

        // Fewer threads for each stage may make room for one more stage.
        Monitor.PulseAll(gate);
    }

    /// <summary>Turns every knob besides the number of threads to its least value; the next decision turns them up again.</summary>
    private void Rest()
    {
        actuator.Want(StageChoice.Rest);
        counters.Switched();
    }

    /// <summary>Takes a member out of the cohort; what it held is free again.</summary>
    private void Free(int position, string why, double now)
    {
        LiveMember member = members[position];
        member.Failure = $"'{member.Name}' was freed: it {why}.";
        member.Turn++;
        options.Notify?.Invoke(member.Failure);
        if (member.Waiting is { } waiting)
        {
            member.Waiting = null;
            JobReport report = Unborn(position, waiting, JobStatus.Failed, now, member.Failure);
            counters.Count(position, report);
            waiting.End(report);
        }

        if (member.Job is not null)
        {
            End(position, JobStatus.Failed, now, member.Failure);
        }
    }

    /// <summary>Frees members whose lane has not come back for too long. Called without the lock, by a timer.</summary>
    private void FreeTheSilent()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            double now = NowUs;
            for (int i = 0; i < members.Length; i++)
            {
                LiveMember member = members[i];
                double limit = (2 * member.DeadlineUs) + options.Heartbeat.TotalMicroseconds;
                if (!member.OnLane || member.Failure is not null || now - member.LaneBeganUs < limit)
                {
                    continue;
                }

                (Lane lost, int share) = laneOf[i];
                lost.IsLost = true;
                busyThreads -= share;
                lanes.Add(new Lane(this, lost.Position, Math.Max(1, processors / (lost.Position + 1))));
                Free(i, $"did not come to a boundary for {(now - member.LaneBeganUs) / 1e6:0.0} s", now);
                Monitor.PulseAll(gate);
            }
        }

        actuator.Settle();
    }
}
