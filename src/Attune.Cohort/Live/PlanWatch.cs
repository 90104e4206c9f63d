namespace Attune.Cohort.Live;

/// <summary>
/// Re-reads a plan while it runs. A changed mode, deadline or period is taken over; a plan that cannot be read, or that changes what only a new start can, leaves the old one in force and is named.
/// Called by one thread.
/// </summary>
public sealed class PlanWatch
{
    private readonly string path;
    private readonly RunningCohort cohort;
    private readonly Action<string> notify;
    private CohortPlan plan;
    private (DateTime Time, long Length) seen;

    /// <summary>Starts to watch.</summary>
    /// <param name="path">The plan file.</param>
    /// <param name="cohort">The cohort that runs it.</param>
    /// <param name="notify">Told what was taken over and what was not.</param>
    public PlanWatch(string path, RunningCohort cohort, Action<string> notify)
    {
        this.path = path;
        this.cohort = cohort;
        this.notify = notify;
        plan = cohort.Setup.Plan;
        seen = Stamp();
    }

    /// <summary>Looks whether the file has changed, and takes over what can be.</summary>
    public void Look()
    {
        (DateTime, long) stamp = Stamp();
        if (stamp == seen)
        {
            return;
        }

        seen = stamp;
        PlanLoad load = PlanFile.Read(path);
        if (load.Plan is not { } next)
        {
            notify($"the plan was changed to something that cannot be used, so the old one stays: {string.Join("; ", load.Problems)}");
        }
        else if (Refusal(next) is { } refusal)
        {
            notify($"the plan was changed in a way that needs a new start, so the old one stays: {refusal}");
        }
        else
        {
            Take(next);
        }
    }

    private string? Refusal(CohortPlan next)
    {
        if (!next.Members.Select(member => (member.Name, member.Model, member.Profile, member.Tables)).SequenceEqual(plan.Members.Select(member => (member.Name, member.Model, member.Profile, member.Tables))))
        {
            return "it has other members, models or profiles";
        }

        if (!next.Knobs.SequenceEqual(plan.Knobs) || next.Meter != plan.Meter || next.Control != plan.Control)
        {
            return "it has other knobs, another meter or other control options";
        }

        for (int i = 0; i < next.Members.Length; i++)
        {
            (double deadline, double period) = Times(next, i);
            if (period < deadline)
            {
                return $"the period of '{next.Members[i].Name}' is shorter than its deadline";
            }
        }

        return null;
    }

    private void Take(CohortPlan next)
    {
        if (next.Mode != plan.Mode)
        {
            cohort.SetMode(next.Mode);
            notify($"the mode is now {CohortModes.NameOf(next.Mode)}");
        }

        for (int i = 0; i < next.Members.Length; i++)
        {
            (double Deadline, double Period) after = Times(next, i);
            if (Times(plan, i) != after)
            {
                cohort.SetDeadline(i, after.Deadline, after.Period);
                Periods[i] = after.Period;
                notify(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the deadline of '{next.Members[i].Name}' is now {after.Deadline / 1000:0.###} ms, its period {after.Period / 1000:0.###} ms"));
            }
        }

        plan = next;
    }

    /// <summary>Period of each member now, microseconds; whoever releases jobs reads it.</summary>
    public double[] Periods => periods ??= [.. cohort.Setup.Members.Select(member => member.PeriodUs)];

    private double[]? periods;

    private (double Deadline, double Period) Times(CohortPlan from, int member)
    {
        double deadline = from.Members[member].DeadlineFor(cohort.Setup.Members[member].FastestUs);
        return (deadline, from.Members[member].PeriodUs ?? deadline);
    }

    private (DateTime Time, long Length) Stamp()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
