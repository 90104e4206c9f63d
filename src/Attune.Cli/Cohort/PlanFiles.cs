using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Recorded;
using Attune.Cohort.Session;
using Attune.Records.Documents;

namespace Attune.Cli.Cohort;

/// <summary>Plans as commands read them: plan.json, the profiles that its members name, and what of both does not fit.</summary>
internal static class PlanFiles
{
    /// <summary>Environment variable that names the folder above the recorded tables.</summary>
    public const string DataVariable = "ATTUNE_DATA";

    private const string TablesFolder = "neuos";

    /// <summary>Reads a plan.</summary>
    /// <exception cref="CommandFailedException">It cannot be read (AT1010) or is wrong (AT3010); all problems are named.</exception>
    public static CohortPlan ReadPlan(string path) => CohortFiles.ReadPlan(path).OrThrow(Failed);

    /// <summary>Reads the profile of every member.</summary>
    /// <param name="path">The plan's file, for messages.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="tables">Folder of recorded tables; null for the usual one.</param>
    /// <param name="spread">95th percentile of a stage's time over its median, for tables without repetitions.</param>
    /// <exception cref="CommandFailedException">One is missing or wrong.</exception>
    public static ImmutableArray<CohortProfile> ReadProfiles(string path, CohortPlan plan, string? tables, double spread) =>
        [.. plan.Members.Select(member => member.Tables is { } name ? Recorded(path, member, name, tables, spread) : Profile(plan, member))];

    /// <summary>Joins a plan with its profiles.</summary>
    /// <exception cref="CommandFailedException">They do not fit (AT3010).</exception>
    public static CohortSetup Join(string path, CohortPlan plan, ImmutableArray<CohortProfile> profiles) =>
        CohortFiles.Join(path, plan, profiles).OrThrow(Failed);

    /// <summary>Problems of a document as one failure, with what misspelt words probably meant.</summary>
    public static CommandFailedException Failed(
        string path, string what, ImmutableArray<DocumentProblem> problems, string next, string code = ErrorCodes.MalformedPlan) =>
        new(CohortFailures.Of(path, what, problems, next, code));

    private static CommandFailedException Failed(CohortError error) => new(CohortFailures.Of(error));

    private static CohortProfile Profile(CohortPlan plan, CohortMember member) =>
        CohortFiles.ReadProfile(plan.PathOf(member.Profile!)).OrThrow(Failed);

    private static CohortProfile Recorded(string path, CohortMember member, string name, string? tables, double spread)
    {
        string? folder = tables ?? (Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } data ? Path.Combine(data, TablesFolder) : null);
        if (folder is null || !Directory.Exists(folder))
        {
            throw new CommandFailedException(new Failure(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                folder is null
                    ? $"Member '{member.Name}' runs on recorded tables ('{name}'), and no folder of tables was named."
                    : $"Member '{member.Name}' runs on recorded tables ('{name}'), but there is no folder {folder}.",
                $"Name the folder with --tables DIR or set {DataVariable}; samples/cohort/here.json needs none.")
            {
                Where = path,
            });
        }

        return RecordedBoard.Read(folder, name, spread).OrThrow(error =>
            Failed(
                path, $"The tables of member '{member.Name}' cannot be used", error.Problems,
                $"Use one of {string.Join(", ", RecordedBoard.Names)}, and a complete folder."));
    }
}
