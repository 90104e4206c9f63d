using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Experiments.Transfer;
using Attune.Kernels.Backends;
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
        Description = "Learn from earlier tunes of other layers, networks or devices: records files, logs of AutoTVM, or recorded:FILE.",
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
    /// <param name="device">The device of the tune.</param>
    /// <exception cref="CommandFailedException">
    /// A file cannot be used (AT3004 for a prior), or the tuner named can neither learn from what was given nor start from it.
    /// </exception>
    public static TransferArguments Read(string? named, IReadOnlyCollection<string> history, string? prior, DeviceProfile device)
    {
        if (history.Count == 0 && prior is null)
        {
            return new TransferArguments(named ?? SearcherCatalog.Default, null, null, []);
        }

        ImmutableArray<string> learners = prior is null ? SearcherCatalog.Learners : SearcherCatalog.PriorReaders;
        bool learns = named is null || learners.Contains(named);
        if (!learns && prior is not null)
        {
            throw NotLearning(named!, "--prior", learners);
        }

        var lines = ImmutableArray.CreateBuilder<string>();
        HistoryFiles? files = history.Count > 0 ? TransferHistory.Read(history, device) : null;
        if (files is not null)
        {
            // Where a search starts does not depend on what searches.
            int starts = files.History.Sparse.Length;
            if (!learns && starts == 0)
            {
                throw NotLearning(
                    named!, "--history", learners, $" It could start from the best of tasks with fewer than {TuningHistory.MinTimed} times; there are none.");
            }

            lines.Add($"history {files.Summary}");
            lines.AddRange(files.Notes);
            if (!learns)
            {
                lines.Add($"history: {named} does not learn; of the history it uses the best of {Units.Counted(starts, "task")} to start from.");
            }
        }

        return new TransferArguments(named ?? Learner, files?.History, prior is null ? null : Load(prior, lines), lines.ToImmutable());
    }

    private static CommandFailedException NotLearning(string named, string from, ImmutableArray<string> learners, string more = "") => new(
        ExitCode.Usage,
        ErrorCodes.BadValue,
        $"The tuner '{named}' does not learn from {from}; {string.Join(", ", learners)} do.{more}",
        $"Use --tuner {Learner}, or leave --tuner out.");

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
