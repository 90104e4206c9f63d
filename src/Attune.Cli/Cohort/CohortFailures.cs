using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort.Plans;
using Attune.Cohort.Session;
using Attune.Records.Documents;

namespace Attune.Cli.Cohort;

/// <summary>What the user is told about plans, profiles and models that cannot be used.</summary>
internal static class CohortFailures
{
    private const string ProfileAgain = "attune cohort profile MODEL.attune -o FILE";

    /// <summary>The failure of an error.</summary>
    public static Failure Of(CohortError error) => error switch
    {
        CohortFileMissing => new Failure(ExitCode.Usage, ErrorCodes.FileAccess, error.Message, "Check the path."),
        CohortFileUnusable unusable => Of(unusable),
        CohortOfOtherMachine => new Failure(
            ExitCode.Model,
            ErrorCodes.OtherMachine,
            error.Message,
            $"With --other-machine it is taken all the same; to profile the network here: {ProfileAgain}")
        { Where = error.Path },
        CohortDeviceMissing missing => DeviceArgument.Missing(missing.Device, missing.Reason).Failure with { Where = missing.Path },
        CohortDeviceFailed failed => new Failure(ExitCode.Device, ErrorCodes.DeviceFailed, failed.Message, "attune doctor") { Where = failed.Path },
        CohortModelUnusable model => TunedModelFailures.Of(model.Error),
        CohortModelMismatched mismatched => new Failure(ExitCode.Model, ErrorCodes.OldProfile, error.Message, NextAfter(mismatched)) { Where = error.Path },
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    /// <summary>Problems of a document as one failure, with what misspelt words probably meant.</summary>
    public static Failure Of(string path, string what, ImmutableArray<DocumentProblem> problems, string next, string code = ErrorCodes.MalformedPlan) =>
        new(ExitCode.Model, code, problems.Length == 1 ? $"{what}: {problems[0].Sentence}" : $"{what}: {problems.Length} problems.", next)
        {
            Where = path,
            Details = problems.Length == 1 ? [] : [.. problems.Select(problem => problem.Sentence)],
        };

    private static Failure Of(CohortFileUnusable error) => error.Kind switch
    {
        CohortFileKind.Plan => Of(error.Path, "This plan cannot be used", error.Problems.Problems, "docs/cohort.md describes every field of a plan."),
        CohortFileKind.SimulationOnly => Of(error.Path, "This plan cannot be run", error.Problems.Problems, $"Tune the network, then: {ProfileAgain}"),
        CohortFileKind.Profile =>
            Of(error.Path, "This profile cannot be used", error.Problems.Problems, $"Make it again: {ProfileAgain}", ErrorCodes.MalformedProfile),
        _ => Of(error.Path, "The plan does not fit its profiles", error.Problems.Problems, "docs/cohort.md describes plans and profiles."),
    };

    private static string NextAfter(CohortModelMismatched error)
    {
        CohortMember member = error.Member;
        return !error.Misfit.LacksForms ? ProfileAgain
            : error.FormedModel is { } file ? $"Write \"model\": \"{file}\" for '{member.Name}' in the plan."
            : $"It was written beside {member.Profile}, or where --model-output said; or make both again: "
                + $"attune cohort profile {member.Model} --lowrank 0.5 -o {member.Profile}";
    }
}
