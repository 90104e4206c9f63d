using System.Collections.Immutable;

namespace Attune.Cohort.Live;

/// <summary>What a live run did.</summary>
/// <param name="Members">Each member.</param>
/// <param name="ElapsedUs">Time that was counted, microseconds.</param>
public sealed record CohortRunFigures(ImmutableArray<MemberRunFigures> Members, double ElapsedUs)
{
    /// <summary>Decisions made.</summary>
    public long Decisions { get; init; }

    /// <summary>Time that decisions took, microseconds.</summary>
    public double DecisionUs { get; init; }

    /// <summary>Changes of the setting.</summary>
    public long Switches { get; init; }

    /// <summary>Time that turning knobs took before stages, microseconds: jobs waited for it.</summary>
    public double SwitchUs { get; init; }

    /// <summary>Time that turning knobs to rest took, microseconds: nothing ran, so it is in no response.</summary>
    public double RestUs { get; init; }

    /// <summary>Response times of all jobs together, microseconds: what overheads are a share of.</summary>
    public double ResponseUs { get; init; }

    /// <summary>Time that stages ran at each setting, microseconds.</summary>
    public ImmutableArray<double> BusyUs { get; init; } = [];

    /// <summary>Jobs ended.</summary>
    public int Released => Members.Sum(member => member.Released);

    /// <summary>Jobs without a result in time.</summary>
    public int Missed => Members.Sum(member => member.Missed);

    /// <summary>Missed jobs over ended ones; 0 without jobs.</summary>
    public double MissRate => Released == 0 ? 0 : (double)Missed / Released;

    /// <summary>Largest miss rate of a member minus the least (design paper, 3.3).</summary>
    public double FairnessGap => Members.IsEmpty ? 0 : Members.Max(member => member.MissRate) - Members.Min(member => member.MissRate);

    /// <summary>Time of decisions and knobs over response times (design paper, 1.14).</summary>
    public double Overhead => ResponseUs == 0 ? 0 : (DecisionUs + SwitchUs) / ResponseUs;

    /// <summary>Decisions' part of <see cref="Overhead"/>.</summary>
    public double DecisionShare => ResponseUs == 0 ? 0 : DecisionUs / ResponseUs;

    /// <summary>Settings at which stages ran.</summary>
    public int SettingsVisited => BusyUs.Count(time => time > 0);
}
