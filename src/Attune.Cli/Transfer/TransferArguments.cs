using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Experiments.Transfer;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Cli.Transfer;

/// <summary>What --history and --prior of a tune ask for.</summary>
/// <param name="Tuner">The tuner: as given, or the one that learns from history.</param>
/// <param name="History">Earlier tunes, or null.</param>
/// <param name="Prior">What was learnt before, or null.</param>
/// <param name="Lines">What to tell the user before the work begins.</param>
internal sealed record TransferArguments(string Tuner, TuningHistory? History, TransferPrior? Prior, ImmutableArray<string> Lines)
{
    /// <summary>Name of the tuner that learns from history.</summary>
    public static string Learner => "dgp";

    /// <summary>--history RECORDS...</summary>
    public static Option<string[]> HistoryOption() => new("--history")
    {
        Description = "Learn from earlier tunes of other layers, networks or devices: records files, or recorded:FILE.",
        HelpName = "RECORDS",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>--prior FILE.dgp.</summary>
    public static Option<string?> PriorOption() => new("--prior") { Description = "A prior that attune learn has made.", HelpName = "FILE.dgp" };

    /// <summary>Reads both.</summary>
    /// <param name="named">Value of --tuner; null when it was not given.</param>
    /// <param name="history">Values of --history.</param>
    /// <param name="prior">Value of --prior.</param>
    /// <exception cref="CommandFailedException">A file cannot be used (AT3004 for a prior), or the tuner named cannot learn from history.</exception>
    public static TransferArguments Read(string? named, IReadOnlyCollection<string> history, string? prior)
    {
        if (history.Count == 0 && prior is null)
        {
            return new TransferArguments(named ?? SearcherCatalog.Default, null, null, []);
        }

        ImmutableArray<string> learners = prior is null ? SearcherCatalog.Learners : SearcherCatalog.PriorReaders;
        if (named is not null && !learners.Contains(named))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"The tuner '{named}' does not learn from {(prior is null ? "--history" : "--prior")}; {string.Join(", ", learners)} do.",
                $"Use --tuner {Learner}, or leave --tuner out.");
        }

        var lines = ImmutableArray.CreateBuilder<string>();
        HistoryFiles? files = history.Count > 0 ? TransferHistory.Read(history) : null;
        if (files is not null)
        {
            lines.Add($"history {files.Summary}");
            lines.AddRange(files.Notes);
        }

        return new TransferArguments(named ?? Learner, files?.History, prior is null ? null : Load(prior, lines), lines.ToImmutable());
    }

    private static TransferPrior Load(string path, ImmutableArray<string>.Builder lines)
    {
        TransferPrior prior = PriorFile.Load(path).OrThrow(error => error.Failure == PriorFailure.Unreadable
            ? new CommandFailedException(ExitCode.Usage, ErrorCodes.FileAccess, error.Message, "Check the path.")
            : new CommandFailedException(ExitCode.Model, ErrorCodes.MalformedPrior, error.Message, "attune learn RECORDS -o prior.dgp"));
        PriorProvenance from = prior.Provenance;
        lines.Add($"prior   {path}: learnt from {Units.Counted(from.Tasks.Length, "task")}, {Units.Counted(from.Observations, "trial")} of "
            + $"{from.Devices.Length} device{(from.Devices.Length == 1 ? string.Empty : "s")} on {from.Created:yyyy-MM-dd}");
        return prior;
    }
}
