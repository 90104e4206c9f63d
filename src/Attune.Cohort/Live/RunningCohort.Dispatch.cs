using Attune.Cohort.Control;

namespace Attune.Cohort.Live;

/// <content>Boundaries: who runs next, at which setting, in which variant. Callers hold the lock unless stated otherwise.</content>
public sealed partial class RunningCohort
{
    /// <summary>Waits for a stage to run; null when the cohort is closed. Called without the lock.</summary>
    private Turn? Take(Lane lane, int maxThreads)
    {
        while (true)
        {
            Turn? turn = null;
            lock (gate)
            {
                while (turn is null)
                {
                    if (closed || lane.IsLost)
                    {
                        return null;
                    }

                    if (!HasRoom(lane) || Next() is not (>= 0 and var member))
                    {
                        Monitor.Wait(gate);
                    }
                    else if ((turn = Prepare(member, lane, maxThreads)) is null)
                    {
                        // It may have decided on a setting all the same. A lane that decided nothing leaves the knobs to the one that did, whose stage needs
                        // them.
                        break;
                    }
                }
            }

            // Without the lock: writing to the kernel takes longer than deciding, and the others' boundaries must not wait for it.
            actuator.Settle();
            if (turn is not null)
            {
                return turn;
            }
        }
    }

    /// <summary>Wakes lanes where there is something for them. The one that is about to look for work itself need not wake others for what it takes.</summary>
    /// <param name="self">A lane that will look next; null when nobody will.</param>
    private void Wake(Lane? self)
    {
        int ready = 0;
        foreach (LiveMember member in members)
        {
            ready += member.IsReady ? 1 : 0;
        }

        if (ready > 1 || closed || (ready == 1 && (self is null || !HasRoom(self))))
        {
            Monitor.PulseAll(gate);
        }
    }

    private bool HasRoom(Lane lane) => lane.Position < processors / threads && busyThreads + threads <= processors;

    /// <summary>The member whose stage runs next; -1 when nobody waits.</summary>
    private int Next()
    {
        int best = -1;
        double min = double.PositiveInfinity;
        double now = NowUs;
        for (int i = 0; i < members.Length; i++)
        {
            LiveMember member = members[i];
            if (!member.IsReady)
            {
                continue;
            }

            double rank = options.Order switch
            {
                DispatchOrder.Deadline => member.Job!.ReleaseUs + member.DeadlineUs,
                DispatchOrder.Arrival => member.Job!.ReleaseUs,
                _ => member.LagUs(now) / member.DeadlineUs,
            };
            if (rank < min)
            {
                min = rank;
                best = i;
            }
        }

        return best;
    }

    /// <summary>Decides about a member's next stage; null when its job was given up, or the new setting leaves no room for it now.</summary>
    private Turn? Prepare(int position, Lane lane, int maxThreads)
    {
        LiveMember member = members[position];
        double now = NowUs;
        StageChoice choice = member.Decided ?? Decide(position, now);
        member.Decided = null;
        if (choice.Abort)
        {
            End(position, JobStatus.Aborted, now, null);
            return null;
        }

        if (choice.Setting >= 0)
        {
            Apply(choice.Setting);
        }

        if (!HasRoom(lane))
        {
            // The decision stands; a lane with room for so many threads carries it out.
            member.Decided = choice with { Setting = StageChoice.Keep };
            Monitor.PulseAll(gate);
            return null;
        }

        int share = Math.Min(Math.Min(threads, maxThreads), member.Network.MaxThreads);
        member.Note(member.Stage, choice.Variant, setting);
        member.GiveUp(setup.Members[position].Profile.Variants[choice.Variant], member.Stage);
        member.OnLane = true;
        member.LaneBeganUs = NowUs;
        laneOf[position] = (lane, share);
        busyThreads += share;
        return new Turn(position, ++member.Turn, member.Stage, choice.Variant, share, lane);
    }

    private StageChoice Decide(int position, double now)
    {
        StageChoice choice = controller.Boundary(position, now);
        counters.Decided(NowUs - now);
        return choice;
    }

    /// <summary>A stage has run. Called without the lock; false when the lane was given up in between.</summary>
    private bool Give(Turn turn, string? failure)
    {
        lock (gate)
        {
            LiveMember member = members[turn.Member];
            if (turn.Lane.IsLost || member.Turn != turn.Number)
            {
                return false;
            }

            double now = NowUs;
            busyThreads -= turn.Threads;
            member.OnLane = false;
            counters.Ran(setting, now - member.LaneBeganUs);
            (options.Meter as Devices.Meters.EstimatedMeter)?.Busy(TimeSpan.FromMicroseconds(now - member.LaneBeganUs), turn.Threads);
            if (failure is not null)
            {
                Free(turn.Member, $"crashed in stage {turn.Stage + 1} ({failure})", now);
            }
            else
            {
                member.Stage++;
                member.NoteLag(member.Stage - 1, member.LagUs(now));
                if (member.Stage == member.Network.Stages)
                {
                    member.Network.Finish(member.Job!.Output.Span);
                    End(turn.Member, JobStatus.Done, NowUs, null);
                }
                else if (closed)
                {
                    End(turn.Member, JobStatus.Closed, now, null);
                }
            }

            Wake(turn.Lane);
        }

        actuator.Settle();
        return true;
    }
}
