using System.Text.Json;
using Attune.Cli.Output;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>What the user is told when every candidate of a tune failed: the causes counted, and the first failure in full.</summary>
internal static class NothingWorked
{
    /// <summary>The failure; no model is written.</summary>
    public static Failure Of(TuningReport report)
    {
        var causes = report.Tasks
            .SelectMany(task => task.Outcomes)
            .GroupBy(pair => pair.Key, pair => pair.Value)
            .Select(cause => (Cause: cause.Key, Count: cause.Sum()))
            .OrderByDescending(cause => cause.Count);
        string histogram = string.Join(", ", causes.Select(cause => $"{cause.Count} {Word(cause.Cause)}"));
        return new Failure(
            ExitCode.Gate,
            ErrorCodes.NothingWorked,
            $"None of {report.Trials} candidates worked ({histogram}), so nothing was written.",
            "attune doctor")
        {
            Details = report.FirstFailure is { } first ? [$"the first one: {first}"] : [],
        };
    }

    private static string Word(Outcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()).Replace('_', ' ');
}
