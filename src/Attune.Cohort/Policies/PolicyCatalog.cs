using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Policies;

/// <summary>The policies there are.</summary>
public static class PolicyCatalog
{
    /// <summary>The policy whose mode the plan gives.</summary>
    public const string NeuOs = "neuos";

    /// <summary>Names, ours first, then baselines.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        NeuOs, "predjoule", "predjoule-table", "apnet", "poet", "max", "race-to-idle", "static-best", "oracle", "all-out",
    ];

    /// <summary>One sentence about a policy.</summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public static string Describe(string name) => name switch
    {
        NeuOs => "settings and variants for the whole cohort, by mode",
        "predjoule" => "as published: every layer climbs along the list of settings, per network",
        "predjoule-table" => "the cheapest sufficient setting of the running network, no look at the others",
        "apnet" => "fastest setting, approximations where needed, per network",
        "poet" => "speed-up by Kalman filter once per four jobs, per network",
        "max" => "fastest setting always, also while idle",
        "race-to-idle" => "fastest setting while a job runs, deepest state otherwise",
        "static-best" => "the one setting with the least energy that meets all deadlines, known beforehand",
        "oracle" => "a setting for every stage, planned beforehand from the tables",
        "all-out" => "fastest setting and fastest variant always: what this misses cannot be met",
        _ => throw Unknown(name),
    };

    /// <summary>True when a policy chooses by the cohort's mode.</summary>
    public static bool HasModes(string name) => name == NeuOs;

    internal static CohortPolicy Create(string name, PolicyContext context) => name switch
    {
        NeuOs => new NeuOsPolicy(context.Setup.Members.Length),
        "predjoule" => new PredJoulePolicy(context.Setup, context.Seed),
        "predjoule-table" => new PredJouleTablePolicy(),
        "apnet" => new ApNetPolicy(context.Setup.FastestSetting, allOut: false),
        "poet" => new PoetPolicy(context.Setup),
        "max" => new FixedPolicy(context.Setup.FastestSetting, rests: false),
        "race-to-idle" => new FixedPolicy(context.Setup.FastestSetting, rests: true),
        "static-best" => new FixedPolicy(StaticBest(context), rests: true),
        "oracle" => new OraclePolicy(context.Setup, context.Slowdown),
        "all-out" => new ApNetPolicy(context.Setup.FastestSetting, allOut: true),
        _ => throw Unknown(name),
    };

    /// <summary>The setting with the least cost over all members whose deadlines hold, reserves included; the fastest when there is none.</summary>
    internal static int StaticBest(PolicyContext context)
    {
        ControlOptions options = context.Setup.Plan.Control;
        int best = context.Setup.FastestSetting;
        double min = double.PositiveInfinity;
        for (int setting = 0; setting < context.Setup.Settings; setting++)
        {
            double cost = 0;
            bool fits = true;
            foreach (MemberSetup member in context.Setup.Members)
            {
                MemberTables tables = member.Tables;
                double within = (member.DeadlineUs * (1 - options.Reserve)) - (options.SpreadReserve * tables.Spread(0) * context.Slowdown);
                fits &= tables.Rest(setting, 0) * context.Slowdown <= within;
                cost += tables.Constant(0)[setting].Cost / member.PeriodUs;
            }

            if (fits && cost < min)
            {
                best = setting;
                min = cost;
            }
        }

        return best;
    }

    private static ArgumentException Unknown(string name) => new($"There is no policy '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
}
