using Attune.Cohort.Control;
using Attune.Cohort.Live.Limits;

namespace Attune.Web;

/// <summary>What the system did not let a live run have, as reports and GET /state show it. Stateless.</summary>
public static class LimitDocument
{
    /// <summary>Makes the document: temperature and capped clocks, each null where it is not watched, and the settings that cannot be had now.</summary>
    public static object Of(LimitFigures limits, CohortSetup setup) => new
    {
        Temperature = limits.Hottest is { } heat
            ? new { heat.Sensor, MostCelsius = heat.Celsius, heat.LimitCelsius, Episodes = limits.HotEpisodes, Seconds = limits.HotSeconds }
            : null,
        CappedClocks = limits.WatchesClocks
            ? new { Episodes = limits.CappedEpisodes, Seconds = limits.CappedSeconds, Knobs = limits.CappedKnobs }
            : null,
        LeftOutNow = limits.Removed.Select(setup.SettingText),
    };
}
