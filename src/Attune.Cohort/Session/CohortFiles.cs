using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Session;

/// <summary>Plans and profiles in files. Stateless.</summary>
public static class CohortFiles
{
    /// <summary>Reads a plan.</summary>
    /// <param name="path">The file.</param>
    public static Result<CohortPlan, CohortError> ReadPlan(string path) => Read(path, CohortFileKind.Plan, PlanFile.Read);

    /// <summary>Reads a profile.</summary>
    /// <param name="path">The file.</param>
    public static Result<CohortProfile, CohortError> ReadProfile(string path) => Read(path, CohortFileKind.Profile, ProfileFile.Read);

    /// <summary>Joins a plan with the profiles of its members.</summary>
    /// <param name="path">The plan's file, for errors.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="profiles">The profile of each member, in the plan's order.</param>
    public static Result<CohortSetup, CohortError> Join(string path, CohortPlan plan, ImmutableArray<CohortProfile> profiles) =>
        Of(path, CohortFileKind.Setup, CohortSetup.Create(plan, profiles));

    private static Result<T, CohortError> Read<T>(string path, CohortFileKind kind, Func<string, Result<T, DocumentError>> read)
        where T : class => File.Exists(path) ? Of(path, kind, read(path)) : new CohortFileMissing(path);

    private static Result<T, CohortError> Of<T>(string path, CohortFileKind kind, Result<T, DocumentError> read)
        where T : class => read.Succeeded ? read.Value : new CohortFileUnusable(path, kind, read.Error);
}
