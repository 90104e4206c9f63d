using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;

namespace Attune.Cohort.Tables;

/// <summary>
/// What stages cost at settings. Energy: millijoules above the machine's power at rest, since that power flows in any case. Power: relative to the slowest
/// setting, PowerUp. A profile without energies is charged for what it occupies: time times the mean share of its knobs' largest values (for a thread count:
/// processor time).
/// </summary>
internal sealed class SettingCosts
{
    private const double MilliJoulePerMilliwattMicrosecond = 1e-6;
    private readonly MemberTables tables;
    private readonly CostMeasure measure;
    private readonly double restPowerMw;
    private readonly double[] share;

    public SettingCosts(MemberTables tables, CohortProfile profile, int[] settings, CostMeasure measure)
    {
        this.tables = tables;
        this.measure = measure;
        restPowerMw = profile.RestPowerMw ?? 0;
        share = new double[settings.Length];
        for (int setting = 0; setting < settings.Length; setting++)
        {
            double sum = 0;
            for (int knob = 0; knob < profile.Knobs.Length; knob++)
            {
                double max = settings.Max(each => Math.Abs(profile.Settings[each].Values[knob]));
                sum += max > 0 ? Math.Abs(profile.Settings[settings[setting]].Values[knob]) / max : 1;
            }

            share[setting] = sum / profile.Knobs.Length;
        }
    }

    /// <summary>Cost of one stage, for sums: energy, or occupation where there is none.</summary>
    public double OfStage(int setting, int variant, int stage)
    {
        double time = tables.Time(setting, variant, stage);
        return tables.HasEnergy
            ? tables.Energy(setting, variant, stage) - (restPowerMw * time * MilliJoulePerMilliwattMicrosecond)
            : share[setting] * time;
    }

    /// <summary>Cost of the exact rest of a job at one setting.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="next">First stage of the rest.</param>
    /// <param name="baseSetting">The slowest setting, whose power is 1.</param>
    public double OfRest(int setting, int next, int baseSetting)
    {
        if (measure == CostMeasure.Power)
        {
            double own = Power(setting, next);
            double reference = Power(baseSetting, next);
            return reference > 0 ? own / reference : 1;
        }

        double sum = 0;
        for (int stage = next; stage < tables.Stages; stage++)
        {
            sum += OfStage(setting, 0, stage);
        }

        return sum;
    }

    private double Power(int setting, int next)
    {
        if (!tables.HasEnergy)
        {
            return share[setting];
        }

        double sum = 0;
        for (int stage = next; stage < tables.Stages; stage++)
        {
            sum += tables.Energy(setting, 0, stage);
        }

        return sum / tables.Rest(setting, next);
    }
}
