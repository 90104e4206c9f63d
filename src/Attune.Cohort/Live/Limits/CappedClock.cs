using System.Globalization;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Live.Limits;

/// <summary>
/// Whether the system holds one clock down. Two low readings in a row are needed, since a clock takes a moment to follow a write. A cap cannot be seen any more
/// once nothing above it is asked for, so after a while it is lifted for a try: that shows either that it is over or that it stays, and then the next try waits
/// twice as long. One caller at a time; knows no clock.
/// </summary>
internal sealed class CappedClock(string id, string unit, LimitOptions options)
{
    private const int Confirmed = 2;
    private readonly EpisodeClock episode = new();
    private TimeSpan hold = options.Hold;
    private TimeSpan until;
    private long known;
    private int low;

    /// <summary>Name of the knob.</summary>
    public string Id => id;

    /// <summary>The highest value that can be had; null when all can, as far as is known.</summary>
    public long? Cap { get; private set; }

    /// <summary>How often and how long it was capped.</summary>
    public EpisodeClock Episode => episode;

    /// <summary>Looks at a reading.</summary>
    /// <param name="reading">Null when there is none.</param>
    /// <param name="now">Time since the start.</param>
    /// <returns>What the user should be told; null for nothing.</returns>
    public string? Look(KnobChange? reading, TimeSpan now)
    {
        if (Cap is not null && now >= until)
        {
            Cap = null;
        }

        switch (reading)
        {
            case { Outcome: KnobOutcome.Capped, Effective: { } runs } when runs < reading.Asked:
                return ++low < Confirmed ? null : Capped(runs, reading.Asked, now);
            case { Outcome: KnobOutcome.Applied } when reading.Asked > known:
                low = 0;
                return episode.IsOn && Cap is null ? Over(reading.Asked, now) : null;
            default:
                return null;
        }
    }

    /// <summary>A value as people read it.</summary>
    public static string Text(double value, string unit) => unit switch
    {
        "Hz" => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.#} MHz"),
        "kHz" => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.#} MHz"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}"),
    };

    private string? Capped(long runs, long asked, TimeSpan now)
    {
        bool isNew = !episode.IsOn;
        if (isNew)
        {
            episode.Begin(now);
        }
        else if (Cap is null)
        {
            hold = TimeSpan.FromTicks(Math.Min(2 * hold.Ticks, options.LongestHold.Ticks));
        }

        Cap = runs;
        known = runs;
        until = now + hold;
        low = 0;
        return isNew ? $"clocks capped at {Text(runs, unit)} by the OS: {id} was set to {Text(asked, unit)}" : null;
    }

    private string Over(long asked, TimeSpan now)
    {
        episode.End(now);
        hold = options.Hold;
        known = 0;
        return $"clocks no longer capped: {id} runs at {Text(asked, unit)}";
    }
}
