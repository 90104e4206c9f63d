using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;

namespace Attune.Cohort.Tables;

/// <summary>
/// Everything the controller looks up about one network: times, energies, and for every stage the tables of the rest of the job from there. Built once from a
/// profile, over the settings that the cohort may use; immutable afterwards. Memory grows with settings times stages.
/// </summary>
internal sealed class MemberTables
{
    private readonly CohortProfile profile;
    private readonly int[] settings;
    private readonly double[] time;
    private readonly double[]? energy;
    private readonly double[] rest;
    private readonly double[] spread;
    private readonly SpeedUpTable[] constant;
    private readonly SpeedUpTable[] planned;
    private readonly ApproximationTable[] approximations;
    private readonly StageReplacements[] replacements;
    private readonly StageHull.Point[][] points;
    private readonly StageHull.Point[][] hulls;
    private readonly bool plansStages;
    private readonly double[] contention;

    /// <summary>Builds all tables.</summary>
    /// <param name="profile">The network's profile.</param>
    /// <param name="settings">Settings of the profile that may be used, in the cohort's common order.</param>
    /// <param name="cost">What makes a setting dear.</param>
    public MemberTables(CohortProfile profile, int[] settings, CostMeasure cost)
    {
        this.profile = profile;
        this.settings = settings;
        Stages = profile.Stages.Length;
        Variants = profile.Variants.Length;
        time = Flatten(times => times.StageUs);
        energy = profile.Energy == EnergySource.None ? null : Flatten(times => times.StageMilliJoules);
        rest = RestTimes();
        Fastest = Enumerable.Range(0, settings.Length).MinBy(setting => Rest(setting, 0));
        Slowest = Enumerable.Range(0, settings.Length).MaxBy(setting => Rest(setting, 0));
        var costs = new SettingCosts(this, profile, settings, cost);
        spread = Spreads();
        contention = [.. settings.Select(setting => profile.Settings[setting].Contention ?? 1)];
        constant = [.. Enumerable.Range(0, Stages).Select(stage => SpeedUpTable.Of(Enumerable.Range(0, settings.Length)
            .Select(setting => new SpeedUpRow(setting, Rest(Slowest, stage) / Rest(setting, stage), costs.OfRest(setting, stage, Slowest)))))];
        points = [.. Enumerable.Range(0, Stages).Select(stage => Enumerable.Range(0, settings.Length)
            .Select(setting => new StageHull.Point(setting, Time(setting, 0, stage), costs.OfStage(setting, 0, stage))).ToArray())];
        plansStages = cost != CostMeasure.Power;
        hulls = [.. points.Select(StageHull.Of)];
        planned = plansStages ? Plans() : constant;
        replacements = [.. Enumerable.Range(0, settings.Length).Select(setting =>
            new StageReplacements(
                (variant, stage) => Time(setting, variant, stage), (variant, stage) => profile.Variants[variant].StageLoss[stage], Variants, Stages))];
        approximations = [.. Enumerable.Range(0, settings.Length * Stages).Select(i => replacements[i / Stages].IsEmpty
            ? ApproximationTable.ExactOnly
            : replacements[i / Stages].Of(i % Stages, Rest(i / Stages, i % Stages)))];
    }

    private MemberTables(MemberTables whole, bool[] available)
    {
        (profile, settings, time, energy, rest, spread) = (whole.profile, whole.settings, whole.time, whole.energy, whole.rest, whole.spread);
        (replacements, approximations, points, plansStages) = (whole.replacements, whole.approximations, whole.points, whole.plansStages);
        contention = whole.contention;
        (Stages, Variants, Fastest, Slowest) = (whole.Stages, whole.Variants, whole.Fastest, whole.Slowest);
        constant = [.. whole.constant.Select(table => table.Only(available))];
        hulls = [.. points.Select(stage => StageHull.Of(stage.Where(point => available[point.Setting])))];
        planned = plansStages ? Plans() : constant;
    }

    /// <summary>Stages of the network.</summary>
    public int Stages { get; }

    /// <summary>Variants, the exact one included.</summary>
    public int Variants { get; }

    /// <summary>Settings that may be used.</summary>
    public int Settings => settings.Length;

    /// <summary>The setting at which the exact network is fastest; reference of sub-deadlines.</summary>
    public int Fastest { get; }

    /// <summary>The setting at which the exact network is slowest; base of all speed-ups.</summary>
    public int Slowest { get; }

    /// <summary>True when energies are known.</summary>
    public bool HasEnergy => energy is not null;

    /// <summary>Median time of a stage, microseconds.</summary>
    public double Time(int setting, int variant, int stage) => time[(((setting * Variants) + variant) * Stages) + stage];

    /// <summary>Energy of a stage, millijoules; 0 where it is not known.</summary>
    public double Energy(int setting, int variant, int stage) => energy is null ? 0 : energy[(((setting * Variants) + variant) * Stages) + stage];

    /// <summary>Time of the exact rest of a job from a stage on, microseconds; 0 after the last stage.</summary>
    public double Rest(int setting, int stage) => rest[(setting * (Stages + 1)) + stage];

    /// <summary>Largest distance from median to 95th percentile among the stages from one on, microseconds; 0 where it was not measured.</summary>
    public double Spread(int stage) => spread[stage];

    /// <summary>
    /// What the others' presence costs as a factor of time, as the profile measured it with one other, each further one taken to cost as much; 1 where it did
    /// not.
    /// </summary>
    /// <param name="setting">The setting.</param>
    /// <param name="running">Members that run, this one included.</param>
    public double SlowdownWith(int setting, int running) => 1 + ((contention[setting] - 1) * Math.Max(0, running - 1));

    /// <summary>Settings for the rest of a job that keeps one setting.</summary>
    public SpeedUpTable Constant(int stage) => constant[stage];

    /// <summary>Settings of the next stage for the rest of a job whose stages may have settings of their own.</summary>
    public SpeedUpTable Planned(int stage) => planned[stage];

    /// <summary>Approximations of the rest of a job.</summary>
    public ApproximationTable Approximations(int setting, int stage) => approximations[(setting * Stages) + stage];

    /// <summary>Points of (time, cost) of each stage that least-cost plans are made of.</summary>
    public StageHull.Point[][] Hulls => hulls;

    /// <summary>Variants of all stages with the least loss that make a job fast enough at a setting.</summary>
    public int[] ChooseVariants(int setting, double withinUs) => replacements[setting].Choose(Stages, Rest(setting, 0), withinUs);

    /// <summary>Accuracy that a stage loses in a variant, points.</summary>
    public double Loss(int variant, int stage) => profile.Variants[variant].StageLoss[stage];

    /// <summary>The same tables when some settings cannot be had. Base of speed-ups and reference of sub-deadlines stay what they were.</summary>
    /// <param name="available">One flag per setting, at least one true.</param>
    public MemberTables Limited(bool[] available) => new(this, available);

    private SpeedUpTable[] Plans() => [.. Enumerable.Range(0, Stages).Select(stage => StagePlanTable.Of(hulls, stage, Rest(Slowest, stage)))];

    private double[] Flatten(Func<StageTimes, IReadOnlyList<double>> of) =>
        [.. settings.SelectMany(setting => profile.Settings[setting].Variants.SelectMany(times => of(times)))];

    private double[] RestTimes()
    {
        double[] sums = new double[settings.Length * (Stages + 1)];
        for (int setting = 0; setting < settings.Length; setting++)
        {
            for (int stage = Stages - 1; stage >= 0; stage--)
            {
                int at = (setting * (Stages + 1)) + stage;
                sums[at] = sums[at + 1] + Time(setting, 0, stage);
            }
        }

        return sums;
    }

    private double[] Spreads()
    {
        double[] spreads = new double[Stages + 1];
        StageTimes exact = profile.Settings[settings[Fastest]].Variants[0];
        for (int stage = Stages - 1; stage >= 0; stage--)
        {
            double own = exact.StageP95Us.IsEmpty ? 0 : exact.StageP95Us[stage] - exact.StageUs[stage];
            spreads[stage] = Math.Max(spreads[stage + 1], own);
        }

        return spreads;
    }
}
