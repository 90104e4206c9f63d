using Attune.Cohort.Control;
using Attune.Cohort.Policies;

namespace Attune.Cohort;

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

    /// <summary>The decisions kept, oldest first.</summary>
    public IEnumerable<DecisionEntry> Entries()
    {
        for (long i = Math.Max(0, written - capacity); i < written; i++)
        {
            int at = (int)(i % capacity);
            Head head = heads[at];
            yield return new DecisionEntry(head.NowUs, head.Member, head.Mode, head.Applied, [.. inputs.AsSpan(at * members, members)], head.Wish, head.Urgent, head.AppliedAfter, head.Variant);
        }
    }

    /// <summary>Makes a kept decision again.</summary>
    /// <param name="entry">The decision.</param>
    /// <param name="setup">The cohort as it was, deadlines included.</param>
    /// <returns>True when NeuOS decides the same again.</returns>
    public static bool Replay(DecisionEntry entry, CohortSetup setup)
    {
        (CohortState state, NeuOsPolicy policy) = Restore(entry, setup);
        PolicyWish wish = policy.Wish(state, entry.Member);
        state.Applied = entry.AppliedAfter;
        return wish.Setting == entry.Wish && wish.Urgent == entry.Urgent && policy.Variant(state, entry.Member) == entry.Variant;
    }

    internal static (CohortState State, NeuOsPolicy Policy) Restore(DecisionEntry entry, CohortSetup setup)
    {
        var state = new CohortState(setup) { Mode = entry.Mode, Applied = entry.Applied, NowUs = entry.NowUs };
        for (int i = 0; i < state.Members.Length; i++)
        {
            state.Members[i].Restore(entry.Inputs[i]);
        }

        return (state, new NeuOsPolicy(state.Members.Length));
    }

    internal void Add(CohortState state, int member, int before, PolicyWish wish, int variant)
    {
        int at = (int)(written % capacity);
        heads[at] = new Head(state.NowUs, member, state.Mode, before, wish.Setting, wish.Urgent, state.Applied, variant);
        for (int i = 0; i < members; i++)
        {
            MemberState each = state.Members[i];
            inputs[(at * members) + i] = new DecisionInput(each.Running, each.Stage, each.LagUs, each.Need, each.BudgetUs, each.Slowdown);
        }

        written++;
    }

    private readonly record struct Head(double NowUs, int Member, CohortMode Mode, int Applied, int Wish, bool Urgent, int AppliedAfter, int Variant);
}
