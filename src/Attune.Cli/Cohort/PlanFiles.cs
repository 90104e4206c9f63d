using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Cohort;
using Attune.Records.Documents;

namespace Attune.Cli.CohortPlans;

/// <summary>Plans as commands read them: plan.json, the profiles that its members name, and what of both does not fit.</summary>
internal static class PlanFiles
{
    /// <summary>Environment variable that names the folder above the recorded tables.</summary>
    public const string DataVariable = "ATTUNE_DATA";

    private const string TablesFolder = "neuos";

    /// <summary>Reads a plan.</summary>
    /// <exception cref="CommandFailedException">It cannot be read (AT1010) or is wrong (AT3010); all problems are named.</exception>
    public static CohortPlan ReadPlan(string path)
    {
        RequireFile(path);
        PlanLoad load = PlanFile.Read(path);
        return load.Plan ?? throw Failed(path, "This plan cannot be used", load.Problems, "docs/cohort.md describes every field of a plan.");
    }

    /// <summary>Reads the profile of every member.</summary>
    /// <param name="path">The plan's file, for messages.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="tables">Folder of recorded tables; null for the usual one.</param>
    /// <param name="spread">95th percentile of a stage's time over its median, for tables without repetitions.</param>
    /// <exception cref="CommandFailedException">One is missing or wrong.</exception>
    public static ImmutableArray<CohortProfile> ReadProfiles(string path, CohortPlan plan, string? tables, double spread) =>
        [.. plan.Members.Select(member => member.Tables is { } name ? Recorded(path, member, name, tables, spread) : Profile(plan, member))];

    /// <summary>Reads one profile file.</summary>
    /// <exception cref="CommandFailedException">It is missing (AT1010) or wrong (AT3011).</exception>
    public static CohortProfile ReadProfile(string path)
    {
        RequireFile(path);
        ProfileLoad load = ProfileFile.Read(path);
        return load.Profile ?? throw Failed(path, "This profile cannot be used", load.Problems, "Make it again: attune cohort profile MODEL.attune -o FILE", ErrorCodes.MalformedProfile);
    }

    /// <summary>Joins a plan with its profiles.</summary>
    /// <exception cref="CommandFailedException">They do not fit (AT3010).</exception>
    public static CohortSetup Join(string path, CohortPlan plan, ImmutableArray<CohortProfile> profiles)
    {
        SetupLoad load = CohortSetup.Create(plan, profiles);
        return load.Setup ?? throw Failed(path, "The plan does not fit its profiles", load.Problems, "docs/cohort.md describes plans and profiles.");
    }

    /// <summary>Problems of a document as one failure, with what misspelt words probably meant.</summary>
    public static CommandFailedException Failed(string path, string what, ImmutableArray<DocumentProblem> problems, string next, string code = ErrorCodes.MalformedPlan) =>
        new(new Failure(ExitCode.Model, code, problems.Length == 1 ? $"{what}: {problems[0].Sentence}" : $"{what}: {problems.Length} problems.", next)
        {
            Where = path,
            Details = problems.Length == 1 ? [] : [.. problems.Select(problem => problem.Sentence)],
        });

    private static CohortProfile Profile(CohortPlan plan, CohortMember member) => ReadProfile(plan.PathOf(member.Profile!));

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

        ProfileLoad load = RecordedBoard.Read(folder, name, spread);
        return load.Profile ?? throw Failed(path, $"The tables of member '{member.Name}' cannot be used", load.Problems, $"Use one of {string.Join(", ", RecordedBoard.Names)}, and a complete folder.");
    }

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.FileAccess, $"There is no file {path}.", "Check the path.");
        }
    }
}
