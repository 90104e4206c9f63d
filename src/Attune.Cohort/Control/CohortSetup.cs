using System.Collections.Immutable;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Tables;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Control;

/// <summary>
/// A plan joined with the profiles of its members: the settings that all of them know and the plan allows, in one common order, and the tables over them.
/// Immutable.
/// </summary>
public sealed class CohortSetup
{
    private readonly ImmutableArray<ProfileSetting> settings;
    private readonly ImmutableArray<ProfileKnob> knobs;

    /// <summary>By how much each further running member slows every one down where nobody measured it: 0.15.</summary>
    public const double UsualContention = 0.15;

    private CohortSetup(CohortPlan plan, ImmutableArray<MemberSetup> members, ImmutableArray<ProfileKnob> knobs, ImmutableArray<ProfileSetting> settings)
    {
        Plan = plan;
        Members = members;
        this.knobs = knobs;
        this.settings = settings;
        FastestSetting = Enumerable.Range(0, settings.Length).MinBy(setting => members.Sum(member => member.Tables.Rest(setting, 0) / member.FastestUs));
        CohortProfile first = members[0].Profile;
        RestPowerMw = first.RestPowerMw ?? settings.Min(setting => setting.IdlePowerMw ?? 0);
        IdlePowerMw = [.. settings.Select(setting => setting.IdlePowerMw ?? RestPowerMw)];
        Energy = members.Any(member => member.Profile.Energy == EnergySource.None) ? EnergySource.None : members.Max(member => member.Profile.Energy);
    }

    /// <summary>The plan.</summary>
    public CohortPlan Plan { get; }

    /// <summary>The networks.</summary>
    public ImmutableArray<MemberSetup> Members { get; }

    /// <summary>Number of settings.</summary>
    public int Settings => settings.Length;

    /// <summary>The setting at which the members' exact networks are fastest together.</summary>
    public int FastestSetting { get; }

    /// <summary>Power between jobs in the deepest state, milliwatts; 0 where it is not known.</summary>
    public double RestPowerMw { get; }

    /// <summary>Power at each setting while nothing runs, milliwatts.</summary>
    public ImmutableArray<double> IdlePowerMw { get; }

    /// <summary>Where energies come from; none unless every member has them.</summary>
    public EnergySource Energy { get; }

    /// <summary>True when all profiles tell what another network beside theirs costs.</summary>
    public bool HasContention => Members.All(member => member.Profile.HasContention);

    /// <summary>What the others' presence costs a member, as a factor of time.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="running">Members that run, this one included.</param>
    /// <param name="contention">
    /// By how much each further running member slows every one down; null for what the profiles say, or <see cref="UsualContention"/> where one does not.
    /// </param>
    public double SlowdownOf(int member, int setting, int running, double? contention) =>
        contention is null && HasContention ? Members[member].Tables.SlowdownWith(setting, running)
        : 1 + ((contention ?? UsualContention) * Math.Max(0, running - 1));

    /// <summary>The knobs.</summary>
    public ImmutableArray<ProfileKnob> Knobs => knobs;

    /// <summary>Value of each knob at a setting.</summary>
    public ImmutableArray<double> ValuesOf(int setting) => settings[setting].Values;

    /// <summary>A setting as people read it.</summary>
    public string SettingText(int setting) => string.Join(' ', knobs.Zip(settings[setting].Values, (knob, value) => $"{knob.Id}={value}"));

    /// <summary>Joins a plan with its profiles.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="profiles">The profile of each member, in the plan's order.</param>
    public static Result<CohortSetup, DocumentError> Create(CohortPlan plan, IReadOnlyList<CohortProfile> profiles)
    {
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        problems.AddRange(plan.Control.Problems().Select(problem => problem with { Path = $"control.{problem.Path}" }));
        CheckAgreement(plan, profiles, problems);
        if (problems.Count > 0)
        {
            return new DocumentError(problems.ToImmutable());
        }

        int[][] common = CommonSettings(plan, profiles);
        if (common.Length == 0)
        {
            problems.Add(new DocumentProblem(
                "members", "the profiles have no setting in common, so nothing can be chosen for all: profile them with the same knobs and values"));
            return new DocumentError(problems.ToImmutable());
        }

        var members = ImmutableArray.CreateBuilder<MemberSetup>();
        for (int i = 0; i < profiles.Count; i++)
        {
            var tables = new MemberTables(profiles[i], [.. common.Select(each => each[i])], plan.Control.Cost);
            double deadline = plan.Members[i].DeadlineFor(tables.Rest(tables.Fastest, 0));
            members.Add(new MemberSetup
            {
                Name = plan.Members[i].Name,
                Network = profiles[i].Network,
                DeadlineUs = deadline,
                PeriodUs = Math.Max(deadline, plan.Members[i].PeriodUs ?? deadline),
                Weight = plan.Members[i].Weight,
                Profile = profiles[i],
                Tables = tables,
            });
            if (plan.Members[i].PeriodUs < deadline)
            {
                problems.Add(new DocumentProblem($"members[{i}].period_ms", $"the period is shorter than the deadline, {deadline / 1000:0.###} ms"));
            }
        }

        return problems.Count > 0
            ? new DocumentError(problems.ToImmutable())
            : new CohortSetup(plan, members.ToImmutable(), profiles[0].Knobs, [.. common.Select(each => profiles[0].Settings[each[0]])]);
    }

    private static void CheckAgreement(CohortPlan plan, IReadOnlyList<CohortProfile> profiles, ImmutableArray<DocumentProblem>.Builder problems)
    {
        ImmutableArray<string> known = [.. profiles[0].Knobs.Select(knob => knob.Id)];
        foreach (string knob in plan.Knobs.Where(knob => !known.Contains(knob)))
        {
            problems.Add(
                new DocumentProblem("knobs", $"the profiles have no knob '{knob}'; they turn {string.Join(", ", known)}") { Unknown = knob, Known = known });
        }

        for (int i = 1; i < profiles.Count; i++)
        {
            if (!profiles[i].Knobs.Select(knob => knob.Id).SequenceEqual(known))
            {
                problems.Add(new DocumentProblem(
                    $"members[{i}]",
                    $"its profile turns {string.Join(", ", profiles[i].Knobs.Select(knob => knob.Id))}, that of the first member {string.Join(", ", known)}"));
            }

            if (profiles[i].Machine != profiles[0].Machine)
            {
                problems.Add(new DocumentProblem(
                    $"members[{i}]", $"its profile is of machine {profiles[i].Machine}, that of the first member of {profiles[0].Machine}"));
            }
            else if (profiles[i].Device != profiles[0].Device)
            {
                problems.Add(new DocumentProblem(
                    $"members[{i}]", $"its profile is of {profiles[i].Device}, that of the first member of {profiles[0].Device}: a cohort shares one device"));
            }
        }
    }

    // Settings that every profile has; a knob that the plan does not allow stays where the first network is fastest.
    private static int[][] CommonSettings(CohortPlan plan, IReadOnlyList<CohortProfile> profiles)
    {
        CohortProfile first = profiles[0];
        ImmutableArray<double> usual = first.Settings[first.FastestSetting()].Values;
        bool[] fixedKnob = [.. first.Knobs.Select(knob => !plan.Knobs.IsEmpty && !plan.Knobs.Contains(knob.Id))];
        var places = profiles.Select(profile => profile.Settings.Select(
            (setting, at) => (Key: string.Join(' ', setting.Values), at)).ToDictionary(each => each.Key, each => each.at)).ToArray();
        var common = new List<int[]>();
        foreach (ProfileSetting setting in first.Settings.Where(
            setting => !fixedKnob.Where((isFixed, knob) => isFixed && setting.Values[knob] != usual[knob]).Any()))
        {
            string key = string.Join(' ', setting.Values);
            if (places.All(place => place.ContainsKey(key)))
            {
                common.Add([.. places.Select(place => place[key])]);
            }
        }

        return [.. common];
    }
}
