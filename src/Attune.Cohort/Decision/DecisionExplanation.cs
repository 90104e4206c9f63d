using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cohort.Decision;

/// <summary>Says why NeuOS decided as it did: Delta, X and S_A of every branch, and what settled it. Works on kept decisions, after the fact.</summary>
public static class DecisionExplanation
{
    /// <summary>Explains a decision, one line per finding.</summary>
    /// <param name="entry">The decision.</param>
    /// <param name="setup">The cohort as it was.</param>
    public static ImmutableArray<string> Of(DecisionEntry entry, CohortSetup setup)
    {
        (CohortState state, NeuOsPolicy policy) = new DecisionReplay(setup).Restore(entry);
        policy.Wish(state, entry.Member);
        var lines = ImmutableArray.CreateBuilder<string>();
        MemberSetup self = setup.Members[entry.Member];
        lines.Add($"{entry.NowUs / 1000:0.000} ms  {self.Name} before stage {self.Profile.Stages[entry.Inputs[entry.Member].Stage].Name}; "
            + $"{CohortModes.NameOf(entry.Mode)}; in force {setup.SettingText(entry.Applied)}");
        for (int i = 0; i < entry.Inputs.Length; i++)
        {
            DecisionInput input = entry.Inputs[i];
            if (input.Running)
            {
                lines.Add($"  {setup.Members[i].Name}: LAG {input.LagUs / 1000:0.000} ms, {input.BudgetUs / 1000:0.000} ms left, "
                    + $"{(double.IsFinite(input.Need) ? $"needs {input.Need:0.000}x over the slowest setting" : "no speed is enough")}");
            }
        }

        if (!entry.Removed.IsEmpty)
        {
            lines.Add($"  {entry.Removed.Length} of {setup.Settings} settings are unavailable: clocks are capped or the machine is hot");
        }

        if (policy.Chosen < 0)
        {
            lines.Add($"  alone: {Text(setup, entry.Wish, entry.Applied)} begins the cheapest plan of the remaining stages that is fast enough");
        }
        else
        {
            Branches(lines, policy, setup);
        }

        bool waits = entry.AppliedAfter == entry.Applied && entry.Wish != StageChoice.Keep && entry.Wish != entry.Applied;
        lines.Add($"  in force now {setup.SettingText(entry.AppliedAfter)}{(waits ? " (the switch waits for the dwell time)" : string.Empty)}; "
            + $"next stage runs {self.Profile.Variants[entry.Variant].Name}");
        return lines.ToImmutable();
    }

    private static void Branches(ImmutableArray<string>.Builder lines, NeuOsPolicy policy, CohortSetup setup)
    {
        for (int i = 0; i < policy.Tree.Branches.Length; i++)
        {
            Branch branch = policy.Tree.Branches[i];
            string forms = string.Join(", ", policy.Tree.Members.ToArray().Select(member =>
            {
                double x = member.Need / member.Table[branch.Setting].SpeedUp;
                double loss = member.Approximations(branch.Setting).Lookup(x, out bool enough).Loss;
                return $"{setup.Members[member.Member].Name} x {(double.IsFinite(x) ? $"{x:0.000}" : "∞")} loses "
                    + $"{loss:0.00}{(enough ? string.Empty : " and is late")}";
            }));
            string verdict = branch.Feasible ? "meets all deadlines" : $"late by {branch.LatenessUs / 1000:0.000} ms";
            lines.Add($"  {(i == policy.Chosen ? "->" : "  ")} {setup.SettingText(branch.Setting)} (wish of {setup.Members[branch.Member].Name}): cost "
                + $"{branch.Cost:0.0000}, S_A {branch.Loss:0.00}, {verdict}; {forms}");
        }
    }

    private static string Text(CohortSetup setup, int wish, int applied) => setup.SettingText(wish == StageChoice.Keep ? applied : wish);
}
