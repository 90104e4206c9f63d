using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Experiments.Transfer;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Cli.Transfer;

/// <summary><c>attune learn</c>: pre-trains the deep Gaussian process on earlier tunes.</summary>
internal sealed class LearnCommand : CliCommand
{
    private readonly Argument<string[]> sources = new("RECORDS") { Description = "Records files, or recorded:FILE.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> output = SharedOptions.Output("The prior to write.");
    private readonly Option<string[]> tunerOptions = TunerNames.Options();
    private readonly Option<int> seed = new("--seed") { Description = "Seed of the training.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public LearnCommand()
        : base(
            "learn",
            "Learn from earlier tunes what makes kernels fast: trains a prior for tune --prior.",
            "attune learn tuning.jsonl -o prior.dgp",
            "attune learn a.jsonl b.jsonl recorded:layer3.csv -o prior.dgp --tuner-option steps=1000")
    {
        Command.Arguments.Add(sources);
        output.Required = true;
        foreach (Option option in new Option[] { output, tunerOptions, seed })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        string path = invocation.Value(output)!;
        TargetFile.Check(path, "-o");
        SearcherOptions options = TunerNames.Bind(TransferArguments.Learner, new SearcherOptions(), invocation.Value(tunerOptions)!);
        string[] files = invocation.Value(sources)!;
        HistoryFiles history = TransferHistory.Read(files);
        invocation.Progress.Announce($"learn   from {history.Summary}");
        long start = invocation.Clock.GetTimestamp();
        TransferPrior prior = await Task.Run(
            () =>
                TransferPrior.Learn(
                    history.History, [.. files.Select(file => Path.GetFileName(file))], options.Transfer, invocation.Value(seed), invocation.Clock),
            invocation.Cancellation);
        if (PriorFile.Save(path, prior) is { } unwritable)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.FileAccess, unwritable, "Name another file with -o.");
        }

        TimeSpan elapsed = invocation.Clock.GetElapsedTime(start);
        var data = new
        {
            prior.Provenance.Sources,
            prior.Provenance.Devices,
            prior.Provenance.Tasks,
            prior.Provenance.Templates,
            prior.Provenance.Observations,
            prior.Provenance.Seed,
            Seconds = elapsed.TotalSeconds,
            Output = path,
        };
        return new CommandResult(data, report => report.Line($"Learnt from {history.Summary}, in {Units.Duration(elapsed)}: {data.Templates.Length} "
            + $"template{(data.Templates.Length == 1 ? string.Empty : "s")}"))
        {
            Warnings = history.Notes,
            Written = [path],
            Next = PrintedCommand.Of("tune", "zoo:mobilenet_v1", "--prior", path),
        };
    }
}
