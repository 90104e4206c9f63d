using System.Collections.Immutable;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Live.Limits;

/// <summary>What the system did not let a live run have.</summary>
public sealed record LimitFigures
{
    /// <summary>The reading that came nearest to its limit; null where no temperature has one.</summary>
    public ThermalReading? Hottest { get; init; }

    /// <summary>How often it became hot.</summary>
    public int HotEpisodes { get; init; }

    /// <summary>For how long altogether, seconds.</summary>
    public double HotSeconds { get; init; }

    /// <summary>True when clocks were turned and read back.</summary>
    public bool WatchesClocks { get; init; }

    /// <summary>How often a clock was capped.</summary>
    public int CappedEpisodes { get; init; }

    /// <summary>For how long altogether, all clocks added, seconds; tries in between included.</summary>
    public double CappedSeconds { get; init; }

    /// <summary>Clocks that were capped.</summary>
    public ImmutableArray<string> CappedKnobs { get; init; } = [];

    /// <summary>Settings that cannot be had at this moment, as positions in the setup.</summary>
    public ImmutableArray<int> Removed { get; init; } = [];
}
