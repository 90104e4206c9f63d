using System.Text.Json.Serialization;
using Attune.Cohort.Control;
using Attune.Cohort.Policies;
using Attune.Numerics;

namespace Attune.Cohort.Metrics;

/// <summary>How long a decision takes.</summary>
/// <param name="Decisions">Decisions timed.</param>
/// <param name="MinUs">Mean of the fastest batch, microseconds per decision: what it costs when nobody disturbs.</param>
/// <param name="MedianUs">Mean of the median batch, microseconds per decision.</param>
/// <param name="AllocatedBytes">Managed bytes allocated per decision.</param>
public sealed record DecisionCost(long Decisions, [property: JsonPropertyName("least_us")] double MinUs, double MedianUs, double AllocatedBytes)
{
    private const int Batch = 500;
    private const int Batches = 60;

    /// <summary>Times NeuOS' decisions with every member of a cohort in the middle of a job.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="clock">Time.</param>
    public static DecisionCost Measure(CohortSetup setup, TimeProvider clock)
    {
        var state = new CohortState(setup);
        var policy = new NeuOsPolicy(setup.Members.Length);
        for (int i = 0; i < state.Members.Length; i++)
        {
            MemberState member = state.Members[i];
            member.Running = true;
            member.Stage = member.Tables.Stages * i / state.Members.Length;

            // Spread over their schedules from early to late, so that wishes differ.
            member.ReleaseUs = -member.Schedule.End(member.Stage) * (0.5 + (0.1 * i));
            state.Publish(member);
        }

        Decide(state, policy);
        double[] perDecision = new double[Batches];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Batches; i++)
        {
            long start = clock.GetTimestamp();
            Decide(state, policy);
            perDecision[i] = clock.GetElapsedTime(start).TotalMicroseconds / Batch;
        }

        long spent = GC.GetAllocatedBytesForCurrentThread() - before;
        return new DecisionCost((long)Batch * Batches, perDecision.Min(), Quantiles.Median(perDecision), (double)spent / (Batch * Batches));
    }

    private static void Decide(CohortState state, NeuOsPolicy policy)
    {
        for (int i = 0; i < Batch; i++)
        {
            int member = i % state.Members.Length;
            state.Publish(state.Members[member]);
            PolicyWish wish = policy.Wish(state, member);
            state.Applied = wish.Setting == StageChoice.Keep ? state.Applied : wish.Setting;
            _ = policy.Variant(state, member);
        }
    }
}
