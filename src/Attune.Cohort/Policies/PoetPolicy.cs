using Attune.Cohort.Control;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Policies;

/// <summary>
/// POET (Imes et al., RTAS 2015; design paper, 2.3): heartbeats instead of layers. After every window of jobs a Kalman filter estimates the base workload, a
/// deadbeat controller the speed-up for one job per deadline, and the cheapest pair of settings around it is applied in turn. Each network has a controller of
/// its own; the last writer wins.
/// </summary>
internal sealed class PoetPolicy(CohortSetup setup) : CohortPolicy
{
    private const int Window = 4;
    private readonly MemberLoop[] loops = [.. setup.Members.Select(member => new MemberLoop(member.Tables))];

    /// <inheritdoc/>
    public override PolicyWish Wish(CohortState state, int member) => new(loops[member].Setting, Urgent: true);

    /// <inheritdoc/>
    public override void Completed(CohortState state, int member, double serviceUs) => loops[member].Completed(serviceUs, state.Members[member].DeadlineUs);

    private sealed class MemberLoop(MemberTables tables)
    {
        private const double ProcessNoise = 1e-5;
        private const double MeasurementNoise = 0.01;
        private readonly SpeedUpTable table = tables.Constant(0);
        private double estimate = 0.2;
        private double variance = 1;
        private double speed = tables.Constant(0).Fastest;
        private double windowUs;
        private int job;
        private int slow = tables.Constant(0).Front[^1].Setting;
        private int fast = tables.Constant(0).Front[^1].Setting;
        private int slowJobs;

        public int Setting => job < slowJobs ? slow : fast;

        // Rates are per base time of the network, so that the filter's constants fit any network.
        public void Completed(double serviceUs, double deadlineUs)
        {
            windowUs += serviceUs;
            if (++job < Window)
            {
                return;
            }

            double baseUs = tables.Rest(tables.Slowest, 0);
            double rate = Window * baseUs / windowUs;
            double goal = baseUs / deadlineUs;
            variance += ProcessNoise;
            double gain = variance * speed / ((speed * variance * speed) + MeasurementNoise);
            estimate += gain * (rate - (speed * estimate));
            variance *= 1 - (gain * speed);
            speed = Math.Clamp(speed + ((goal - rate) / Math.Max(estimate, 1e-6)), table.Front[0].SpeedUp, table.Fastest);
            Translate();
            windowUs = 0;
            job = 0;
        }

        // The pair of settings around the speed-up, and how many jobs of a window run in the slower, that cost least.
        private void Translate()
        {
            double min = double.PositiveInfinity;
            ReadOnlySpan<SpeedUpRow> rows = table.Front;
            for (int low = 0; low < rows.Length; low++)
            {
                for (int high = low; high < rows.Length; high++)
                {
                    if (rows[low].SpeedUp > speed || rows[high].SpeedUp < speed)
                    {
                        continue;
                    }

                    double share = low == high || rows[high].SpeedUp <= rows[low].SpeedUp
                        ? 1
                        : ((rows[high].SpeedUp * rows[low].SpeedUp) - (speed * rows[low].SpeedUp))
                            / ((rows[high].SpeedUp * speed) - (speed * rows[low].SpeedUp));
                    double cost = (share * rows[low].Cost) + ((1 - share) * rows[high].Cost);
                    if (cost < min)
                    {
                        min = cost;
                        slow = rows[low].Setting;
                        fast = rows[high].Setting;
                        slowJobs = (int)Math.Floor(share * Window);
                    }
                }
            }
        }
    }
}
