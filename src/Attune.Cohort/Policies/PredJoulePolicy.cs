using Attune.Cohort.Control;
using Attune.Cohort.Lag;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Policies;

/// <summary>
/// PredJoule as published (Bateni et al., RTSS 2018; design paper, 2.1): every layer climbs along the list of settings by itself, keeps its place from job to
/// job, and remembers which speed-up it saw where. The sign of the slack is corrected, the slack begins anew with each job, and remembered speed-ups are
/// matched within 5 % instead of exactly. Settings are listed by the network's total time, and steps are scaled from the list of 11,760 for which they were
/// made. Every network has a state of its own; the last writer wins.
/// </summary>
internal sealed class PredJoulePolicy : CohortPolicy
{
    private const double Match = 1.05;
    private const double PublishedList = 11_760;
    private const double Sensitive = 3;
    private readonly MemberClimb[] climbs;

    /// <summary>Begins at random settings.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="seed">Seed of the first settings, which are random as in the published code.</param>
    public PredJoulePolicy(CohortSetup setup, int seed)
    {
        var random = new Random(seed);
        climbs = [.. setup.Members.Select(member => new MemberClimb(member.Tables, random.Next(setup.Settings)))];
    }

    /// <inheritdoc/>
    public override void Released(CohortState state, int member) => climbs[member].Slack = state.Members[member].DeadlineUs - climbs[member].ReferenceSum;

    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member)
    {
        MemberState self = state.Members[member];
        MemberClimb climb = climbs[member];
        if (self.Stage > 0)
        {
            climb.Learn(self.Stage - 1, self.LastStageUs);
        }

        return new PolicyWish(climb.Next(self.Stage), Urgent: true);
    }

    private sealed class MemberClimb
    {
        private readonly int[] order;
        private readonly double[] reference;
        private readonly double[] uncertainty;
        private readonly double[] seen;
        private readonly int[] place;

        public MemberClimb(MemberTables tables, int first)
        {
            order = [.. Enumerable.Range(0, tables.Settings).OrderByDescending(setting => tables.Rest(setting, 0))];
            reference = [.. Enumerable.Range(0, tables.Stages).Select(stage => tables.Time(tables.Fastest, 0, stage))];
            uncertainty = [.. Enumerable.Range(0, tables.Stages).Select(stage => Uncertainty(tables, stage))];
            seen = new double[tables.Stages * order.Length];
            place = new int[tables.Stages];
            Array.Fill(place, first);
            ReferenceSum = reference.Sum();
        }

        public double ReferenceSum { get; }

        public double Slack { get; set; }

        public void Learn(int stage, double measured)
        {
            Slack += reference[stage] - measured;
            ref double known = ref seen[(stage * order.Length) + place[stage]];
            if (known == 0 && measured > 0)
            {
                known = reference[stage] / measured;
            }
        }

        public int Next(int stage)
        {
            double need = RequiredSpeedUp.NextStageRelative(reference[stage], Slack);
            int at = Remembered(stage, need);
            if (at < 0)
            {
                int up = Step(100 / uncertainty[stage]);
                at = place[stage] + (Slack < 0 || uncertainty[stage] <= Sensitive ? up : -Step(10 / uncertainty[stage]));
            }

            place[stage] = Math.Clamp(at, 0, order.Length - 1);
            return order[place[stage]];
        }

        // Equation (18): how much a stage's power varies over the settings; 100 where energies are unknown, so that steps are the smallest.
        private static double Uncertainty(MemberTables tables, int stage)
        {
            double maxTime = 0;
            double maxEnergy = 0;
            double max = 0;
            for (int setting = 0; setting < tables.Settings; setting++)
            {
                maxTime = Math.Max(maxTime, tables.Time(setting, 0, stage));
                maxEnergy = Math.Max(maxEnergy, tables.Energy(setting, 0, stage));
            }

            for (int setting = 0; setting < tables.Settings && maxEnergy > 0; setting++)
            {
                max = Math.Max(max, tables.Energy(setting, 0, stage) / maxEnergy / (tables.Time(setting, 0, stage) / maxTime));
            }

            return max > 0 ? max : 100;
        }

        private int Remembered(int stage, double need)
        {
            int best = -1;
            double min = need * Match;
            for (int i = 0; i < order.Length; i++)
            {
                double speed = seen[(stage * order.Length) + i];
                if (speed >= need && speed < min)
                {
                    best = i;
                    min = speed;
                }
            }

            return best;
        }

        private int Step(double published) => Math.Max(1, (int)Math.Round(published * order.Length / PublishedList));
    }
}
