using System.Collections.Immutable;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Control;

/// <summary>
/// Which settings of a cohort can be had at present: those left when clocks are capped or the machine is hot, with the tables over them. Building one takes as
/// long as building the cohort's tables, so whoever does it must not hold up decisions; taking it over is a change of references. Immutable.
/// </summary>
public sealed class SettingLimits
{
    private readonly ImmutableArray<int> substitutes;

    private SettingLimits(CohortSetup setup, ImmutableArray<int> removed)
    {
        Removed = removed;
        bool[] available = new bool[setup.Settings];
        Array.Fill(available, true);
        foreach (int setting in removed)
        {
            available[setting] = false;
        }

        Tables = [.. setup.Members.Select(member => member.Tables.Limited(available))];
        double[] times = [.. Enumerable.Range(0, setup.Settings).Select(
            setting => setup.Members.Sum(member => member.Tables.Rest(setting, 0) / member.FastestUs))];
        int[] left = [.. Enumerable.Range(0, setup.Settings).Where(setting => available[setting])];
        substitutes = [.. Enumerable.Range(0, setup.Settings).Select(
            setting => available[setting] ? setting : left.MinBy(other => Math.Abs(Math.Log(times[other] / times[setting]))))];
    }

    /// <summary>The settings that cannot be had, ascending.</summary>
    public ImmutableArray<int> Removed { get; }

    /// <summary>Tables of each member over what is left.</summary>
    internal ImmutableArray<MemberTables> Tables { get; }

    /// <summary>Makes limits.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="removed">Positions of the settings that cannot be had.</param>
    /// <returns>Null when every setting can be had.</returns>
    /// <exception cref="ArgumentException">Nothing would be left, or there is no such setting.</exception>
    public static SettingLimits? Of(CohortSetup setup, IEnumerable<int> removed)
    {
        ImmutableArray<int> sorted = [.. removed.Distinct().Order()];
        return sorted.IsEmpty ? null
            : sorted[0] < 0 || sorted[^1] >= setup.Settings || sorted.Length == setup.Settings
                ? throw new ArgumentException(
                    $"Of {setup.Settings} settings at least one must be left and all must exist; asked to remove {string.Join(", ", sorted)}.", nameof(removed))
                : new SettingLimits(setup, sorted);
    }

    /// <summary>The setting itself, or, where it cannot be had, the one left whose speed is nearest.</summary>
    public int Instead(int setting) => substitutes[setting];
}
