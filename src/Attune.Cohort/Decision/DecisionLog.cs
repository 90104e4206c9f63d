using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Decision;

/// <summary>
/// Keeps the latest decisions in room made beforehand, so that keeping one allocates nothing. Entries can be read while nobody decides. One writer.
/// </summary>
/// <param name="capacity">How many decisions are kept; older ones make room.</param>
/// <param name="members">Members of the cohort.</param>
public sealed class DecisionLog(int capacity, int members)
{
    private readonly Head[] heads = new Head[capacity];
    private readonly DecisionInput[] inputs = new DecisionInput[capacity * members];
    private long written;

    /// <summary>Decisions made, those that made room included.</summary>
    public long Count => written;

    /// <summary>Told every decision as it is made; null for nobody. For simulations: what it is given is allocated.</summary>
    public Action<DecisionEntry>? Told { get; init; }

    /// <summary>The decisions kept, oldest first.</summary>
    /// <param name="from">Number of the first one that is asked for, counted from 0; older ones than are kept are left out.</param>
    public IEnumerable<DecisionEntry> Entries(long from = 0)
    {
        for (long i = Math.Max(from, written - capacity); i < written; i++)
        {
            yield return Entry((int)(i % capacity));
        }
    }

    /// <summary>Makes a kept decision again.</summary>
    /// <param name="entry">The decision.</param>
    /// <param name="setup">The cohort as it was.</param>
    /// <returns>True when NeuOS decides the same again.</returns>
    public static bool Replay(DecisionEntry entry, CohortSetup setup) => new DecisionReplay(setup).IsSame(entry);

    internal void Add(CohortState state, int member, int before, PolicyWish wish, int variant)
    {
        int at = (int)(written % capacity);
        heads[at] = new Head(state.NowUs, member, state.Mode, before, wish.Setting, wish.Urgent, state.Applied, variant, state.Limits);
        for (int i = 0; i < members; i++)
        {
            MemberState each = state.Members[i];
            inputs[(at * members) + i] = new DecisionInput(each.Running, each.Stage, each.LagUs, each.Need, each.BudgetUs, each.Slowdown);
        }

        written++;
        Told?.Invoke(Entry(at));
    }

    private DecisionEntry Entry(int at)
    {
        Head head = heads[at];
        return new DecisionEntry(
            head.NowUs,
            head.Member,
            head.Mode,
            head.Applied,
            [.. inputs.AsSpan(at * members, members)],
            head.Wish,
            head.Urgent,
            head.AppliedAfter,
            head.Variant)
        {
            Removed = head.Limits?.Removed ?? [],
        };
    }

    private readonly record struct Head(
        double NowUs, int Member, CohortMode Mode, int Applied, int Wish, bool Urgent, int AppliedAfter, int Variant, SettingLimits? Limits);
}
