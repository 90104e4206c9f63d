namespace Attune.Cohort.Live;

/// <content>Boundaries: who runs next, at which setting, in which variant. Callers hold the lock unless stated otherwise.</content>
public sealed partial class RunningCohort
{
    /// <summary>One thread that runs stages, with a team of its own for those that several threads share.</summary>
    private sealed class Lane
    {
        private readonly RunningCohort owner;
        private readonly Devices.ThreadTeam team;
        private readonly Thread thread;

        public Lane(RunningCohort owner, int position, int threads)
        {
            this.owner = owner;
            Position = position;
            team = new Devices.ThreadTeam(threads);
            thread = new Thread(Serve) { IsBackground = true, Name = $"attune-lane-{position}" };
            thread.Start();
        }

        public int Position { get; }

        /// <summary>True when it hangs in a stage of a member that was freed.</summary>
        public bool IsLost { get; set; }

        public void Join(TimeSpan patience)
        {
            // A lane that hangs is left behind with its team; it is a background thread.
            if (!IsLost && thread.Join(patience))
            {
                team.Dispose();
            }
        }

        private void Serve()
        {
            while (owner.Take(this, team.Members) is { } turn)
            {
                string? failure = null;
                try
                {
                    owner.members[turn.Member].Network.Run(turn.Stage, turn.Variant, team, turn.Threads);
                }
                catch (Exception exception)
                {
                    // Whatever a member does, the others go on.
                    failure = $"{exception.GetType().Name}: {exception.Message}";
                }

                if (!owner.Give(turn, failure))
                {
                    return;
                }
            }
        }
    }

    private readonly (Lane Lane, int Threads)[] laneOf;

    private readonly record struct Turn(int Member, int Number, int Stage, int Variant, int Threads, Lane Lane);

    /// <summary>Waits for a stage to run; null when the cohort is closed. Called without the lock.</summary>
    private Turn? Take(Lane lane, int mostThreads)
    {
        lock (gate)
        {
            while (true)
            {
                if (closed || lane.IsLost)
                {
                    return null;
                }

                if (lane.Position < processors / threads && busyThreads + threads <= processors && Next() is >= 0 and var member && Prepare(member, lane, mostThreads) is { } turn)
                {
                    return turn;
                }

                Monitor.Wait(gate);
            }
        }
    }

    /// <summary>The member whose stage runs next; -1 when nobody waits.</summary>
    private int Next()
    {
        int best = -1;
        double least = double.PositiveInfinity;
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
            if (rank < least)
            {
                least = rank;
                best = i;
            }
        }

        return best;
    }

    /// <summary>Decides about a member's next stage; null when its job was given up, or the new setting leaves no room for it now.</summary>
    private Turn? Prepare(int position, Lane lane, int mostThreads)
    {
        LiveMember member = members[position];
        double now = NowUs;
        StageChoice choice = member.First ?? controller.Boundary(position, now);
        member.First = null;
        counters.Decided(NowUs - now);
        if (choice.Abort)
        {
            End(position, JobStatus.Aborted, now, null);
            return null;
        }

        if (choice.Setting >= 0)
        {
            Apply(choice.Setting);
        }

        int share = Math.Min(Math.Min(threads, mostThreads), member.Network.MostThreads);
        member.Note(member.Stage, choice.Variant, setting);
        member.LossPoints += setup.Members[position].Profile.Variants[choice.Variant].StageLoss[member.Stage];
        member.OnLane = true;
        member.LaneBeganUs = NowUs;
        laneOf[position] = (lane, share);
        busyThreads += share;
        return new Turn(position, ++member.Turn, member.Stage, choice.Variant, share, lane);
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

            Monitor.PulseAll(gate);
            return true;
        }
    }

    private void Begin(int position, LiveJob job, double now)
    {
        LiveMember member = members[position];
        member.Job = job;
        member.Stage = 0;
        member.LossPoints = 0;
        member.Network.Begin(job.Input.Span);
        double began = NowUs;
        member.First = controller.Release(position, job.ReleaseUs, began);
        counters.Decided(NowUs - began);
        Monitor.PulseAll(gate);
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

    private void Apply(int next)
    {
        double began = NowUs;
        setting = next;
        threads = ThreadsOf(next);
        for (int knob = 0; knob < setup.Knobs.Length; knob++)
        {
            string id = setup.Knobs[knob].Id;
            if (knob == threadsKnob || options.Knobs is not { } session)
            {
                continue;
            }

            Devices.Knobs.KnobChange change = session.Write(id, (long)setup.ValuesOf(next)[knob]);
            if (change.Outcome is not (Devices.Knobs.KnobOutcome.Applied or Devices.Knobs.KnobOutcome.Dry) && counters.KnobTrouble(id))
            {
                options.Notify?.Invoke($"knob {id}: {change.Outcome.ToString().ToLowerInvariant()}{(change.Message is { } message ? $", {message}" : string.Empty)}");
            }
        }

        counters.Switched(NowUs - began);

        // Fewer threads for each stage may make room for one more stage.
        Monitor.PulseAll(gate);
    }

    /// <summary>Turns every knob besides the number of threads to its least value; the next decision turns them up again.</summary>
    private void Rest()
    {
        double began = NowUs;
        foreach (Devices.Knobs.Knob knob in options.Knobs?.Knobs ?? [])
        {
            options.Knobs!.Write(knob.Id, knob.Least);
        }

        counters.Switched(NowUs - began);
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
    }
}
