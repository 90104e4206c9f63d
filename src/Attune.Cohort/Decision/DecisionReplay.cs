using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Decision;

/// <summary>Makes kept decisions of NeuOS again, one after another; each stands for itself, so any part of a log will do. One caller at a time.</summary>
/// <param name="setup">The cohort as it was: the same plan and profiles. Deadlines and mode come with each decision.</param>
public sealed class DecisionReplay(CohortSetup setup)
{
    private ImmutableArray<int> removed = [];
    private SettingLimits? limits;

    /// <summary>True when NeuOS decides the same again.</summary>
    /// <param name="entry">The decision.</param>
    public bool IsSame(DecisionEntry entry)
    {
        (CohortState state, NeuOsPolicy policy) = Restore(entry);
        PolicyWish wish = policy.Wish(state, entry.Member);
        state.Applied = entry.AppliedAfter;
        return wish.Setting == entry.Wish && wish.Urgent == entry.Urgent && policy.Variant(state, entry.Member) == entry.Variant;
    }

    internal (CohortState State, NeuOsPolicy Policy) Restore(DecisionEntry entry)
    {
        if (!removed.SequenceEqual(entry.Removed))
        {
            // Limits change rarely and are dear to build, so those of the decision before are kept.
            limits = SettingLimits.Of(setup, entry.Removed);
            removed = entry.Removed;
        }

        var state = new CohortState(setup) { Mode = entry.Mode, Applied = entry.Applied, NowUs = entry.NowUs };
        state.Limit(limits);
        for (int i = 0; i < state.Members.Length; i++)
        {
            state.Members[i].Restore(entry.Inputs[i]);
        }

        return (state, new NeuOsPolicy(state.Members.Length));
    }
}
