using System.Collections.Immutable;
using Attune.Cli.CohortPlans;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort;
using Attune.Cohort.Live;
using Attune.Devices;
using Attune.Records.Documents;
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
        CohortPlan plan = PlanFiles.ReadPlan(path);
        plan = plan with { Mode = mode ?? plan.Mode };
        foreach ((int index, CohortMember member) in plan.Members.Index())
        {
            if (member.Profile is null || member.Model is null)
            {
                throw PlanFiles.Failed(
                    path,
                    "This plan cannot be run",
                    [new DocumentProblem($"members[{index}]", $"'{member.Name}' needs a model and a profile; without them it can only be simulated")],
                    "Tune the network, then: attune cohort profile MODEL.attune -o FILE");
            }
        }

        string machine = CpuDevice.Detect().Fingerprint.Id;
        ImmutableArray<CohortProfile> profiles = [.. plan.Members.Select(member => PlanFiles.ReadProfile(plan.PathOf(member.Profile!)))];
        string[] warnings =
        [
            .. profiles.Zip(plan.Members).Where(pair => pair.First.Machine != machine)
                .Select(pair => $"The profile of '{pair.Second.Name}' is of another machine ({pair.First.Machine}; this one is {machine})."),
        ];
        if (warnings.Length > 0 && !otherMachine)
        {
            throw new CommandFailedException(new Failure(ExitCode.Model, ErrorCodes.OtherMachine, warnings[0], "With --other-machine it is taken all the same; to profile the network here: attune cohort profile MODEL.attune -o FILE") { Where = path });
        }

        CohortSetup setup = PlanFiles.Join(path, plan, profiles);
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
        var byFile = new Dictionary<string, CompiledModel>();
        try
        {
            foreach (string file in plan.Members.Select(member => plan.PathOf(member.Model!)).Distinct())
            {
                byFile[file] = CompiledModel.Load(file, new ModelOptions { Threads = UsableProcessors.Count });
            }
        }
        catch (TunedModelException failed)
        {
            foreach (CompiledModel model in byFile.Values)
            {
                model.Dispose();
            }

            throw new CommandFailedException(TunedModelFailures.Of(failed.Error));
        }

        var runnable = new RunnablePlan(path, setup, [.. plan.Members.Select(member => byFile[plan.PathOf(member.Model!)])], byFile, warnings);
        if (RunningCohort.Misfit(setup, runnable.Models) is { } misfit)
        {
            runnable.Dispose();
            throw new CommandFailedException(new Failure(ExitCode.Model, ErrorCodes.OldProfile, misfit.Message, NextAfter(misfit, plan)) { Where = path });
        }

        return runnable;
    }

    private static string NextAfter(ModelMisfit misfit, CohortPlan plan)
    {
        CohortMember member = plan.Members[misfit.Member];
        return !misfit.LacksForms ? "attune cohort profile MODEL.attune -o FILE"
            : FormedModelOf(plan, member) is { } file ? $"Write \"model\": \"{file}\" for '{member.Name}' in the plan."
            : $"It was written beside {member.Profile}, or where --model-output said; or make both again: attune cohort profile {member.Model} --lowrank 0.5 -o {member.Profile}";
    }

    /// <summary>
    /// The model that a profile was made with, as the plan would name it: the file that the profile tells, else the usual name beside it where there
    /// is such a file; null where neither is known.
    /// </summary>
    private static string? FormedModelOf(CohortPlan plan, CohortMember member)
    {
        string profile = plan.PathOf(member.Profile!);
        string folder = System.IO.Path.GetDirectoryName(profile)!;
        string file = ProfileFile.Read(profile).Profile?.Model is { } told ? System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, told)) : CohortProfileCommand.UsualModel(profile);
        return File.Exists(file) ? System.IO.Path.GetRelativePath(System.IO.Path.GetFullPath(plan.Folder), file) : null;
    }
}
