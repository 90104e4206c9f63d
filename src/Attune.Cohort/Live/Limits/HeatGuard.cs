using System.Globalization;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Live.Limits;

/// <summary>
/// Whether the machine is about to be slowed down for heat, and how many steps clocks should be kept below their highest because of it: one more for as long as
/// it stays within a margin of a sensor's limit, one less for as long as it is well below. One caller at a time; knows no clock.
/// </summary>
/// <param name="maxSteps">Steps that can be gone down; 0 when no clock is ours.</param>
/// <param name="options">Margins and times.</param>
internal sealed class HeatGuard(int maxSteps, LimitOptions options)
{
    private readonly EpisodeClock episode = new();
    private TimeSpan changed;

    /// <summary>Steps below the highest clocks.</summary>
    public int Steps { get; private set; }

    /// <summary>The reading that came nearest to its limit.</summary>
    public ThermalReading? Hottest { get; private set; }

    /// <summary>How often and how long it was hot.</summary>
    public EpisodeClock Episode => episode;

    /// <summary>Looks at a reading.</summary>
    /// <param name="reading">Null when there is none.</param>
    /// <param name="now">Time since the start.</param>
    /// <returns>What the user should be told; null for nothing.</returns>
    public string? Look(ThermalReading? reading, TimeSpan now)
    {
        if (reading is not { } heat)
        {
            return null;
        }

        Hottest = heat.Left < (Hottest?.Left ?? double.PositiveInfinity) ? heat : Hottest;
        if (heat.Left <= options.MarginCelsius)
        {
            return Hot(heat, now);
        }

        if (!episode.IsOn || heat.Left < options.MarginCelsius + options.HysteresisCelsius || (Steps > 0 && now - changed < options.StepUp))
        {
            return null;
        }

        Steps = Math.Max(0, Steps - 1);
        changed = now;
        if (Steps > 0)
        {
            return null;
        }

        episode.End(now);
        return $"{Text(heat)}: cool again, all settings are back";
    }

    /// <summary>Forgets what came before.</summary>
    public void Reset(TimeSpan now)
    {
        episode.Reset(now);
        Hottest = null;
    }

    private static string Text(ThermalReading heat) =>
        string.Create(CultureInfo.InvariantCulture, $"temperature {heat.Celsius:0.#} °C of {heat.LimitCelsius:0.#} °C ({heat.Sensor})");

    private string? Hot(ThermalReading heat, TimeSpan now)
    {
        bool isNew = !episode.IsOn;
        if (isNew)
        {
            episode.Begin(now);
        }

        if (isNew ? maxSteps > 0 : Steps < maxSteps && now - changed >= options.StepDown)
        {
            Steps = Math.Min(maxSteps, Steps + 1);
            changed = now;
        }

        return !isNew ? null : maxSteps > 0
            ? $"{Text(heat)}: settings with the highest clocks are left out until it is cooler"
            : $"{Text(heat)}: the machine may slow itself down; no clock is this run's to lower";
    }
}
