namespace Attune.Cohort.Live;

/// <summary>Counts what a cohort does. Guarded by the cohort's lock.</summary>
internal sealed class CohortCounters
{
    private readonly MemberCount[] members;
    private readonly double[] busyUs;
    private long decisions;
    private double decisionUs;
    private long switches;
    private double responseUs;
    private double startUs;

    public CohortCounters(int members, int settings)
    {
        this.members = [.. Enumerable.Range(0, members).Select(_ => new MemberCount())];
        busyUs = new double[settings];
    }

    /// <summary>Energy of the meter when counting began, millijoules.</summary>
    public double? EnergyAtStart { get; private set; }

    public void Release(int member) => members[member].Requested++;

    public void Count(int member, JobReport report)
    {
        MemberCount count = members[member];
        count.Ended++;
        count.Missed += report.IsMissed ? 1 : 0;
        count.Aborted += report.Status == JobStatus.Aborted ? 1 : 0;
        count.Replaced += report.Status == JobStatus.Replaced ? 1 : 0;
        count.Failed += report.Status == JobStatus.Failed ? 1 : 0;
        if (report.Status is JobStatus.Closed)
        {
            // Cut off by the end of the run: neither kept nor missed.
            count.Ended--;
            count.Missed--;
            return;
        }

        responseUs += report.ResponseUs;
        if (report.Status != JobStatus.Done)
        {
            return;
        }

        count.LossPoints += report.LossPoints;
        count.WorstLagShare = Math.Min(count.WorstLagShare, report.LagUs.DefaultIfEmpty().Min() / report.DeadlineUs);
        count.Done++;
        count.Responses.Add(report.ResponseUs);
    }

    public void Decided(double us)
    {
        decisions++;
        decisionUs += us;
    }

    public void Switched() => switches++;

    public void Ran(int setting, double us) => busyUs[setting] += us;

    public void Reset(double nowUs, double? energy)
    {
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new MemberCount();
        }

        Array.Clear(busyUs);
        (decisions, decisionUs, switches, responseUs) = (0, 0, 0, 0);
        startUs = nowUs;
        EnergyAtStart = energy;
    }

    /// <summary>Everything counted so far; responses are in no order, for sorting is not to be done under the lock.</summary>
    public CohortRunFigures Figures(LiveMember[] live, int maxResponses, double nowUs) =>
        new([.. members.Select((count, i) => count.Figures(live[i], maxResponses))], nowUs - startUs)
        {
            Decisions = decisions,
            DecisionUs = decisionUs,
            Switches = switches,
            ResponseUs = responseUs,
            BusyUs = [.. busyUs],
        };

    private sealed class MemberCount
    {
        public int Requested { get; set; }

        public int Ended { get; set; }

        public int Done { get; set; }

        public int Missed { get; set; }

        public int Aborted { get; set; }

        public int Replaced { get; set; }

        public int Failed { get; set; }

        public double LossPoints { get; set; }

        public double WorstLagShare { get; set; }

        public ResponseWindow Responses { get; } = new();

        public MemberRunFigures Figures(LiveMember live, int maxResponses) => new(live.Name, Ended, Missed, Aborted, Replaced, Failed)
        {
            DeadlineUs = live.DeadlineUs,
            ResponseUs = Responses.Latest(maxResponses),
            LossPoints = Done == 0 ? 0 : LossPoints / Done,
            WorstLagShare = WorstLagShare,
            Failure = live.Failure,
        };
    }
}
