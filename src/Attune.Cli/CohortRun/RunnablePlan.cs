using System.Collections.Immutable;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort;
using Attune.Devices;
using Attune.Runtime;

namespace Attune.Cli.CohortRun;

/// <summary>A plan with its profiles and compiled models: everything that a real run needs. Members of one model share its weights and kernels.</summary>
internal sealed class RunnablePlan : IDisposable
{
    private readonly Dictionary<string, CompiledModel> compiled;

    private RunnablePlan(string path, CohortSetup setup, ImmutableArray<CompiledModel> models, Dictionary<string, CompiledModel> compiled, ImmutableArray<string> warnings)
    {
        Path = path;
        Setup = setup;
        Models = models;
        this.compiled = compiled;
        Warnings = warnings;
    }

    /// <summary>The plan file.</summary>
    public string Path { get; }

    /// <summary>Plan and profiles.</summary>
    public CohortSetup Setup { get; }

    /// <summary>Model of each member.</summary>
    public ImmutableArray<CompiledModel> Models { get; }

    /// <summary>What the user should know.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Reads and compiles.</summary>
    /// <param name="path">The plan file.</param>
    /// <param name="mode">Mode instead of the plan's; null for the plan's.</param>
    /// <param name="otherMachine">True to take profiles of another machine.</param>
    /// <exception cref="CommandFailedException">Something is missing or does not fit.</exception>
    public static RunnablePlan Load(string path, CohortMode? mode, bool otherMachine)
    {
        PlanLoad read = PlanFile.Read(path);
        CohortPlan plan = read.Plan ?? throw Wrong(path, read.Problems);
        plan = plan with { Mode = mode ?? plan.Mode };
        string machine = CpuDevice.Detect().Fingerprint.Id;
        var profiles = ImmutableArray.CreateBuilder<CohortProfile>();
        var warnings = new List<string>();
        foreach ((int index, CohortMember member) in plan.Members.Index())
        {
            if (member.Profile is null || member.Model is null)
            {
                throw Wrong(path, [new DocumentProblem($"members[{index}]", $"'{member.Name}' needs a model and a profile to run; without them it can only be simulated")]);
            }

            ProfileLoad load = ProfileFile.Read(plan.PathOf(member.Profile));
            CohortProfile profile = load.Profile ?? throw Wrong(plan.PathOf(member.Profile), load.Problems);
            if (profile.Machine != machine)
            {
                warnings.Add($"The profile of '{member.Name}' is of another machine ({profile.Machine}; this one is {machine}).");
                if (!otherMachine)
                {
                    throw new CommandFailedException(new Failure(ExitCode.Model, ErrorCodes.OtherMachine, warnings[^1], "Profile the network here: attune cohort profile MODEL.attune -o FILE. Or take it all the same with --other-machine.") { Where = plan.PathOf(member.Profile) });
                }
            }

            profiles.Add(profile);
        }

        SetupLoad joined = CohortSetup.Create(plan, profiles);
        CohortSetup setup = joined.Setup ?? throw Wrong(path, joined.Problems);
        return Compile(path, setup, plan, [.. warnings]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CompiledModel model in compiled.Values)
        {
            model.Dispose();
        }
    }

    private static RunnablePlan Compile(string path, CohortSetup setup, CohortPlan plan, ImmutableArray<string> warnings)
    {
        var compiled = new Dictionary<string, CompiledModel>();
        try
        {
            foreach (string file in plan.Members.Select(member => plan.PathOf(member.Model!)).Distinct())
            {
                compiled[file] = CompiledModel.Load(file, new ModelOptions(UsableProcessors.Count));
            }
        }
        catch (TunedModelException failed)
        {
            foreach (CompiledModel model in compiled.Values)
            {
                model.Dispose();
            }

            throw new CommandFailedException(TunedModelFailures.Of(failed.Error));
        }

        return new RunnablePlan(path, setup, [.. plan.Members.Select(member => compiled[plan.PathOf(member.Model!)])], compiled, warnings);
    }

    private static CommandFailedException Wrong(string path, ImmutableArray<DocumentProblem> problems)
    {
        DocumentProblem first = problems[0];
        string near = first.Unknown is { } unknown && NearMiss.Find(unknown, first.Known) is { } meant ? $" Did you mean '{meant}'?" : string.Empty;
        return new CommandFailedException(new Failure(ExitCode.Usage, ErrorCodes.BadPlan, $"{first}.{near}", "Correct it; docs/cohort.md describes plans and profiles.")
        {
            Where = path,
            Details = [.. problems.Skip(1).Select(problem => problem.ToString())],
        });
    }
}
