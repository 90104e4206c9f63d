using System.Collections.Immutable;
using Attune.Cohort.Simulation;
using Attune.Numerics;

namespace Attune.Cohort.Metrics;

/// <summary>The figures of a policy on a cohort (design paper, 3.3), over all seeds. Energies are NaN where profiles have none.</summary>
public sealed record CohortFigures
{
    // Fewer jobs than this have no 99.9th percentile worth the name.
    private const int JobsForLastQuantile = 10_000;

    /// <summary>Jobs released.</summary>
    public required long Released { get; init; }

    /// <summary>Energy while at least one job ran, per finished job, millijoules.</summary>
    public required double BusyMjPerJob { get; init; }

    /// <summary>All energy, idle included, per finished job, millijoules.</summary>
    public required double TotalMjPerJob { get; init; }

    /// <summary>Mean response of finished jobs, milliseconds.</summary>
    public required double MeanResponseMs { get; init; }

    /// <summary>Response over deadline: 50th, 95th, 99th, 99.9th percentile and the largest; the 99.9th is NaN with fewer than 10,000 jobs.</summary>
    public required ImmutableArray<double> ResponseQuantiles { get; init; }

    /// <summary>Missed over released jobs.</summary>
    public required Wilson MissRate { get; init; }

    /// <summary>Accuracy relative to the exact networks, percent, mean over finished jobs; losses of stages are taken as additive.</summary>
    public required double RelativeAccuracy { get; init; }

    /// <summary>Largest minus smallest miss rate among the members.</summary>
    public required double FairnessGap { get; init; }

    /// <summary>Lowest LAG over the deadline at any boundary.</summary>
    public required double WorstLag { get; init; }

    /// <summary>Longest time behind the schedule, milliseconds.</summary>
    public required double LongestRecoveryMs { get; init; }

    /// <summary>Different settings that were in force with something running.</summary>
    public required int SettingsUsed { get; init; }

    /// <summary>Those over all settings.</summary>
    public required double SettingShare { get; init; }

    /// <summary>Changes of the setting per released job, rests included.</summary>
    public required double SwitchesPerJob { get; init; }

    /// <summary>Each member.</summary>
    public required ImmutableArray<MemberFigures> Members { get; init; }

    /// <summary>Figures of runs of the same cohort and policy with different seeds; at least one.</summary>
    public static CohortFigures Of(IReadOnlyList<SimulationResult> runs)
    {
        MemberRecord[] all = [.. runs.SelectMany(run => run.Members)];
        long released = all.Sum(member => member.Released);
        long completed = all.Sum(member => member.Completed);
        float[] ratios = [.. all.SelectMany(member => member.Ratios.ToArray())];
        Array.Sort(ratios);
        ImmutableArray<MemberFigures> members = [.. Enumerable.Range(0, runs[0].Members.Length).Select(i => OfMember([.. runs.Select(run => run.Members[i])]))];
        int used = Enumerable.Range(0, runs[0].SettingUs.Length).Count(setting => runs.Any(run => run.SettingUs[setting] > 0));
        return new CohortFigures
        {
            Released = released,
            BusyMjPerJob = runs.Sum(run => run.BusyEnergyMj) / completed,
            TotalMjPerJob = runs.Sum(run => run.EnergyMj) / completed,
            MeanResponseMs = all.Sum(member => member.ResponseUs) / completed / 1000,
            ResponseQuantiles = [Quantile(ratios, 0.5), Quantile(ratios, 0.95), Quantile(ratios, 0.99), ratios.Length >= JobsForLastQuantile ? Quantile(
                ratios,
                0.999) : double.NaN, ratios.Length > 0 ? ratios[^1] : double.NaN],
            MissRate = Wilson.Of(all.Sum(member => member.Missed), released),
            RelativeAccuracy = 100 - (all.Sum(member => member.LossPoints) / completed),
            FairnessGap = members.Max(member => member.MissRate.Rate) - members.Min(member => member.MissRate.Rate),
            WorstLag = all.Min(member => member.WorstLag),
            LongestRecoveryMs = all.Max(member => member.LongestRecoveryUs) / 1000,
            SettingsUsed = used,
            SettingShare = (double)used / runs[0].SettingUs.Length,
            SwitchesPerJob = runs.Sum(run => (double)run.Switches) / released,
            Members = members,
        };
    }

    private static MemberFigures OfMember(MemberRecord[] runs)
    {
        long completed = runs.Sum(run => run.Completed);
        return new MemberFigures(
            runs[0].Name,
            runs.Sum(run => run.Released),
            Wilson.Of(runs.Sum(run => run.Missed), runs.Sum(run => run.Released)),
            runs.Sum(run => run.ResponseUs) / completed / 1000,
            100 - (runs.Sum(run => run.LossPoints) / completed),
            runs.Min(run => run.WorstLag));
    }

    private static double Quantile(float[] sorted, double share) => sorted.Length == 0 ? double.NaN : Quantiles.NearestRank(sorted, share);
}
