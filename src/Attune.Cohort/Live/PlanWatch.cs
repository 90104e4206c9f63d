using Attune.Cohort.Plans;

namespace Attune.Cohort.Live;

/// <summary>
/// Re-reads the file of a plan while it runs, and takes over what is new in it. A plan that cannot be read, or that changes what only a new start can, leaves
/// the old one in force and is named. Called by one thread.
/// </summary>
public sealed class PlanWatch
{
    private readonly string path;
    private readonly LivePlan plan;
    private readonly Action<string> notify;
    private (DateTime Time, long Length) seen;

    /// <summary>Starts to watch.</summary>
    /// <param name="path">The plan file.</param>
    /// <param name="plan">The plan in force.</param>
    /// <param name="notify">Told what was taken over and what was not.</param>
    public PlanWatch(string path, LivePlan plan, Action<string> notify)
    {
        this.path = path;
        this.plan = plan;
        this.notify = notify;
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
        PlanChange change = plan.Take(PlanFile.Read(path));
        if (!change.Problems.IsEmpty)
        {
            string why = change.NeedsStart ? "in a way that needs a new start" : "to something that cannot be used";
            notify($"the plan was changed {why}, so the old one stays: {string.Join("; ", change.Problems)}");
        }

        foreach (string taken in change.Taken)
        {
            notify(taken);
        }
    }

    private (DateTime Time, long Length) Stamp()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
