using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Simulation;
using Attune.Numerics;

namespace Attune.Cli.Cohort;

/// <summary>Arguments that all commands on simulated cohorts share, and what they become.</summary>
internal sealed class SimulationArguments
{
    private static readonly SimulationOptions Usual = new();

    /// <summary>The plan.</summary>
    public Argument<string> Plan { get; } = new("plan") { Description = "Plan of the cohort (plan.json).", HelpName = "PLAN" };

    /// <summary>Folder of recorded tables.</summary>
    public Option<string?> Tables { get; } = new("--tables")
    {
        Description = $"Folder of recorded tables, for members that use them. Default: neuos in the folder that {PlanFiles.DataVariable} names.",
        HelpName = "DIR",
    };

    /// <summary>Contention.</summary>
    public Option<double?> Contention { get; } = new("--contention")
    {
        Description = "By how much each further running network slows every one down, 0 to 2. Default: as the profiles measured it, "
            + $"{CohortSetup.UsualContention} where one has no measurement.",
        HelpName = "SHARE",
    };

    /// <summary>Noise.</summary>
    public Option<double> Noise { get; } = new("--noise")
    {
        Description = "Standard deviation of the logarithm of a stage's time, 0 to 1; a job's common factor has two fifths of it.",
        HelpName = "SIGMA",
        DefaultValueFactory = _ => Usual.StageNoise,
    };

    /// <summary>Jobs.</summary>
    public Option<int> Jobs { get; } = new("--jobs") { Description = "Jobs per network on average.", HelpName = "N", DefaultValueFactory = _ => Usual.Jobs };

    /// <summary>First seed.</summary>
    public Option<int> Seed { get; } = new("--seed")
    {
        Description = "Seed of noise and release phases; equal seeds give equal results.",
        HelpName = "N",
        DefaultValueFactory = _ => Usual.Seed,
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command, bool simulates)
    {
        command.Arguments.Add(Plan);
        command.Options.Add(Tables);
        command.Options.Add(Contention);
        command.Options.Add(Noise);
        if (simulates)
        {
            command.Options.Add(Jobs);
            command.Options.Add(Seed);
        }
    }

    /// <summary>What the next command on the same plan needs of them, as the user gave them.</summary>
    public IEnumerable<string> Given(Invocation invocation) => invocation.Given(Tables, Contention, Noise);

    /// <summary>How to simulate.</summary>
    /// <exception cref="CommandFailedException">A value is outside its range (AT1005).</exception>
    public SimulationOptions Options(Invocation invocation, bool simulates = true)
    {
        double noise = invocation.Value(Noise);
        var options = Usual with
        {
            Contention = invocation.Value(Contention),
            StageNoise = noise,
            JobNoise = 0.4 * noise,
            Jobs = simulates ? invocation.Value(Jobs) : Usual.Jobs,
            Seed = simulates ? invocation.Value(Seed) : Usual.Seed,
        };
        return options.Problems() is { IsEmpty: false } problems
            ? throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"The simulation cannot run: {string.Join("; ", problems)}.", "attune cohort simulate --help")
            : options;
    }

    /// <summary>The plan with its profiles.</summary>
    public (CohortPlan Plan, ImmutableArray<CohortProfile> Profiles) Read(Invocation invocation, SimulationOptions options)
    {
        string path = invocation.Value(Plan)!;
        CohortPlan plan = PlanFiles.ReadPlan(path);
        return (plan, PlanFiles.ReadProfiles(path, plan, invocation.Value(Tables), SpreadOf(options)));
    }

    /// <summary>95th percentile of a stage's time over its median that tables without repetitions get by default.</summary>
    public double UsualSpread => SpreadOf(Usual);

    private static double SpreadOf(SimulationOptions options) =>
        Math.Exp(NormalDistribution.Quantile95 * Math.Sqrt((options.StageNoise * options.StageNoise) + (options.JobNoise * options.JobNoise)));

    /// <summary>The plan joined with its profiles.</summary>
    public CohortSetup Setup(Invocation invocation, SimulationOptions options)
    {
        (CohortPlan plan, ImmutableArray<CohortProfile> profiles) = Read(invocation, options);
        return PlanFiles.Join(invocation.Value(Plan)!, plan, profiles);
    }

    /// <summary>What a reader of figures must know about where they come from.</summary>
    public ImmutableArray<string> Warnings(Invocation invocation, IEnumerable<CohortProfile> profiles)
    {
        CohortProfile[] all = [.. profiles.DistinctBy(profile => profile.Network)];
        ImmutableArray<string>.Builder warnings = ImmutableArray.CreateBuilder<string>();
        foreach (CohortProfile profile in all.Where(profile => profile.Energy == EnergySource.Estimated))
        {
            warnings.Add($"Energies of {profile.Network} are estimated: {profile.Origin}.");
        }

        if (all.Any(profile => profile.Energy == EnergySource.None))
        {
            warnings.Add("A profile has no energies, so settings are charged for the share of the machine that they occupy, and no energy is reported.");
        }

        if (invocation.Value(Contention) is null && all.Where(profile => !profile.HasContention).ToArray() is { Length: > 0 } without)
        {
            warnings.Add($"How networks slow each other down was not measured in the {(without.Length == 1 ? "profile" : "profiles")} of "
                + $"{string.Join(", ", without.Select(profile => profile.Network))}: {CohortSetup.UsualContention} for each further one is assumed. "
                + "Profile again, or give --contention.");
        }

        return warnings.ToImmutable();
    }
}
