using System.Collections.Immutable;

namespace Attune.Cohort.Live;

/// <summary>Counts what a cohort does. Guarded by the cohort's lock.</summary>
internal sealed class CohortCounters
{
    private const int MostResponses = 100_000;
    private readonly MemberCount[] members;
    private readonly double[] busyUs;
    private readonly HashSet<string> troubled = [];
    private long decisions;
    private double decisionUs;
    private long switches;
    private double switchUs;
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
        if (count.Responses.Count == MostResponses)
        {
            count.Responses.Dequeue();
        }

        count.Done++;
        count.Responses.Enqueue(report.ResponseUs);
    }

    public void Decided(double us)
    {
        decisions++;
        decisionUs += us;
    }

    public void Switched(double us)
    {
        switches++;
        switchUs += us;
    }

    public void Ran(int setting, double us) => busyUs[setting] += us;

    /// <summary>True the first time that a knob makes trouble.</summary>
    public bool KnobTrouble(string knob) => troubled.Add(knob);

    public void Reset(double nowUs, double? energy)
    {
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new MemberCount();
        }

        Array.Clear(busyUs);
        (decisions, decisionUs, switches, switchUs, responseUs) = (0, 0, 0, 0, 0);
        startUs = nowUs;
        EnergyAtStart = energy;
    }

    public CohortRunFigures Figures(CohortSetup setup, string?[] failures, double nowUs) =>
        new([.. members.Select((count, i) => count.Figures(setup.Members[i].Name, setup.Members[i].DeadlineUs, failures[i]))], nowUs - startUs)
        {
            Decisions = decisions,
            DecisionUs = decisionUs,
            Switches = switches,
            SwitchUs = switchUs,
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

        public Queue<double> Responses { get; } = new();

        public MemberRunFigures Figures(string name, double deadlineUs, string? failure)
        {
            ImmutableArray<double> sorted = [.. Responses.Order()];
            return new MemberRunFigures(name, Ended, Missed, Aborted, Replaced, Failed)
            {
                DeadlineUs = deadlineUs,
                ResponseUs = sorted,
                LossPoints = Done == 0 ? 0 : LossPoints / Done,
                WorstLagShare = WorstLagShare,
                Failure = failure,
            };
        }
    }
}
