using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Devices.Knobs;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Live.Limits;

/// <summary>
/// Which settings of a cohort cannot be had: those that ask a capped clock for more than it gives, and while the machine is hot those with the highest clocks.
/// Told what was read and when, answers what has changed; knows no clock, no file and no controller. One caller at a time.
/// </summary>
internal sealed class MachineLimits
{
    // What a knob's own read-back takes for the same value.
    private const double Tolerance = 0.02;
    private readonly CohortSetup setup;
    private readonly CappedClock?[] clocks;
    private readonly double[][] steps;
    private double[] last;

    /// <summary>Begins with nothing removed.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="turned">Ids of the knobs that are really turned; the others say nothing.</param>
    /// <param name="options">Margins and times.</param>
    public MachineLimits(CohortSetup setup, IReadOnlyCollection<string> turned, LimitOptions options)
    {
        this.setup = setup;
        clocks = [.. setup.Knobs.Select(knob => turned.Contains(knob.Id) ? new CappedClock(knob.Id, knob.Unit, options) : null)];

        // Lowering a clock cools; fewer threads may too, but they can always be had.
        steps = [.. setup.Knobs.Select((knob, k) => turned.Contains(knob.Id) && knob.Unit.EndsWith("Hz", StringComparison.Ordinal)
            ? Enumerable.Range(0, setup.Settings).Select(setting => setup.ValuesOf(setting)[k]).Distinct().OrderDescending().ToArray()
            : [])];
        last = [.. clocks.Select(_ => double.PositiveInfinity)];
        Heat = new HeatGuard(steps.Select(values => values.Length - 1).Append(0).Max(), options);
    }

    /// <summary>Heat so far.</summary>
    public HeatGuard Heat { get; }

    /// <summary>Settings that cannot be had, ascending.</summary>
    public ImmutableArray<int> Removed { get; private set; } = [];

    /// <summary>Looks at a temperature.</summary>
    /// <returns>What the user should be told; null for nothing.</returns>
    public string? Look(ThermalReading? reading, TimeSpan now) => Heat.Look(reading, now);

    /// <summary>Looks at a clock.</summary>
    /// <param name="knob">Its position in the setup.</param>
    /// <param name="reading">What was read back; null for nothing.</param>
    /// <param name="now">Time since the start.</param>
    /// <returns>What the user should be told; null for nothing.</returns>
    public string? Look(int knob, KnobChange? reading, TimeSpan now) => clocks[knob]?.Look(reading, now);

    /// <summary>Works out anew what cannot be had.</summary>
    /// <returns>True when it is something else than before.</returns>
    public bool Update()
    {
        double[] highest = [.. setup.Knobs.Select((_, knob) => Highest(knob))];
        if (highest.SequenceEqual(last))
        {
            return false;
        }

        last = highest;
        double[] excess = [.. Enumerable.Range(0, setup.Settings).Select(
            setting => setup.ValuesOf(setting).Select((value, knob) => Math.Max(0, (value / highest[knob]) - 1 - Tolerance)).Sum())];

        // Something must be left, even where the system gives less than any setting asks for.
        int min = Enumerable.Range(0, setup.Settings).MinBy(setting => excess[setting]);
        ImmutableArray<int> removed = [.. Enumerable.Range(0, setup.Settings).Where(setting => excess[setting] > 0 && setting != min)];
        bool changed = !removed.SequenceEqual(Removed);
        Removed = removed;
        return changed;
    }

    /// <summary>Everything so far.</summary>
    public LimitFigures Figures(TimeSpan now) => new()
    {
        Hottest = Heat.Hottest,
        HotEpisodes = Heat.Episode.Count,
        HotSeconds = Heat.Episode.Seconds(now),
        WatchesClocks = clocks.Any(clock => clock is not null),
        CappedEpisodes = clocks.Sum(clock => clock?.Episode.Count ?? 0),
        CappedSeconds = clocks.Sum(clock => clock?.Episode.Seconds(now) ?? 0),
        CappedKnobs = [.. clocks.OfType<CappedClock>().Where(clock => clock.Episode.Count > 0).Select(clock => clock.Id)],
        Removed = Removed,
    };

    /// <summary>Forgets what came before; what is so now counts from now.</summary>
    public void Reset(TimeSpan now)
    {
        Heat.Reset(now);
        foreach (CappedClock clock in clocks.OfType<CappedClock>())
        {
            clock.Episode.Reset(now);
        }
    }

    private double Highest(int knob)
    {
        double highest = clocks[knob]?.Cap ?? double.PositiveInfinity;
        return Heat.Steps == 0 || steps[knob].Length == 0 ? highest : Math.Min(highest, steps[knob][Math.Min(Heat.Steps, steps[knob].Length - 1)]);
    }
}
