using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Devices.Cpu;
using Attune.Kernels.Backends;
using Attune.Records.Documents;
using Attune.Runtime;

namespace Attune.Cohort.Session;

/// <summary>A plan with its profiles and compiled models: everything that a real run needs. Members of one model share its weights and kernels.</summary>
public sealed class RunnableCohort : IDisposable
{
    private readonly ImmutableArray<CompiledModel> compiled;

    private RunnableCohort(string path, CohortSetup setup, ImmutableArray<CompiledModel> models, ImmutableArray<string> warnings)
    {
        Path = path;
        Setup = setup;
        Models = models;
        compiled = [.. models.Distinct()];
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

    /// <summary>Reads a plan, its profiles and its models, and compiles these.</summary>
    /// <param name="path">The plan file.</param>
    /// <param name="mode">Mode instead of the plan's; null for the plan's.</param>
    /// <param name="otherMachine">True to take profiles of another machine.</param>
    public static Result<RunnableCohort, CohortError> Load(string path, CohortMode? mode = null, bool otherMachine = false)
    {
        Result<CohortPlan, CohortError> read = CohortFiles.ReadPlan(path);
        if (!read.Succeeded)
        {
            return read.Error;
        }

        CohortPlan plan = read.Value with { Mode = mode ?? read.Value.Mode };
        foreach ((int index, CohortMember member) in plan.Members.Index())
        {
            if (member.Profile is null || member.Model is null)
            {
                string lacks = $"'{member.Name}' needs a model and a profile; without them it can only be simulated";
                return new CohortFileUnusable(path, CohortFileKind.SimulationOnly, new DocumentError([new DocumentProblem($"members[{index}]", lacks)]));
            }
        }

        var profiles = ImmutableArray.CreateBuilder<CohortProfile>();
        foreach (CohortMember member in plan.Members)
        {
            Result<CohortProfile, CohortError> profile = CohortFiles.ReadProfile(plan.PathOf(member.Profile!));
            if (!profile.Succeeded)
            {
                return profile.Error;
            }

            profiles.Add(profile.Value);
        }

        var here = new Dictionary<DeviceName, string>();
        foreach (DeviceName device in profiles.Select(profile => profile.Device).Distinct())
        {
            Result<DeviceProfile, string> found = DeviceProfile.Find(device);
            if (!found.Succeeded)
            {
                return new CohortDeviceMissing(path, device, found.Error);
            }

            here.Add(device, found.Value.Id);
        }

        ImmutableArray<string> warnings =
        [
            .. profiles.Zip(plan.Members).Where(pair => pair.First.Machine != here[pair.First.Device])
                .Select(pair => $"The profile of '{pair.Second.Name}' is of another {(pair.First.Device == DeviceName.Cpu ? "machine" : "device")} "
                    + $"({pair.First.Machine}; this one is {here[pair.First.Device]})."),
        ];
        if (!warnings.IsEmpty && !otherMachine)
        {
            return new CohortOfOtherMachine(path, warnings[0]);
        }

        Result<CohortSetup, CohortError> setup = CohortFiles.Join(path, plan, [.. profiles]);
        return setup.Succeeded ? Compile(path, setup.Value, [.. warnings, .. Unmeasured(setup.Value)]) : setup.Error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CompiledModel model in compiled)
        {
            model.Dispose();
        }
    }

    private static IEnumerable<string> Unmeasured(CohortSetup setup)
    {
        string[] without = [.. setup.Members.Where(member => !member.Profile.HasContention && member.Profile.Device == DeviceName.Cpu)
            .Select(member => member.Network).Distinct()];
        if (setup.Members.Length > 1 && without.Length > 0)
        {
            yield return $"How networks slow each other down was not measured in the {(without.Length == 1 ? "profile" : "profiles")} of "
                + $"{string.Join(", ", without)}: the controller begins with a factor of 1 and learns. Profile again to begin with the right one.";
        }
    }

    private static Result<RunnableCohort, CohortError> Compile(string path, CohortSetup setup, ImmutableArray<string> warnings)
    {
        CohortPlan plan = setup.Plan;
        DeviceName device = setup.Members[0].Profile.Device;
        var byFile = new Dictionary<string, CompiledModel>();
        foreach (string file in plan.Members.Select(member => plan.PathOf(member.Model!)).Distinct())
        {
            try
            {
                byFile[file] = CompiledModel.Load(
                    file, new ModelOptions { Threads = device == DeviceName.Cpu ? UsableProcessors.Count : 0, Device = device });
            }
            catch (Exception exception) when (exception is TunedModelException or DeviceException)
            {
                foreach (CompiledModel model in byFile.Values)
                {
                    model.Dispose();
                }

                return exception is TunedModelException failed
                    ? new CohortModelUnusable(file, failed.Error)
                    : new CohortDeviceFailed(file, device, exception.Message);
            }
        }

        var runnable = new RunnableCohort(path, setup, [.. plan.Members.Select(member => byFile[plan.PathOf(member.Model!)])], warnings);
        if (RunningCohort.Misfit(setup, runnable.Models) is { } misfit)
        {
            runnable.Dispose();
            CohortMember member = plan.Members[misfit.Member];
            return new CohortModelMismatched(path, misfit, member, FormedModelOf(plan, member));
        }

        return runnable;
    }

    /// <summary>
    /// The model that a profile was made with, as the plan would name it: the file that the profile tells, else the usual name beside it where there
    /// is such a file; null where neither is known.
    /// </summary>
    private static string? FormedModelOf(CohortPlan plan, CohortMember member)
    {
        string profile = plan.PathOf(member.Profile!);
        string folder = System.IO.Path.GetDirectoryName(profile)!;
        string file = ProfileFile.Read(profile).Value?.Model is { } told
            ? System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, told))
            : ProfileFile.UsualModel(profile);
        return File.Exists(file) ? System.IO.Path.GetRelativePath(System.IO.Path.GetFullPath(plan.Folder), file) : null;
    }
}
