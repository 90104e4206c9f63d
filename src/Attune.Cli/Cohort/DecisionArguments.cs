using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Policies;
using Attune.Records.Journals;
using Attune.Records.Lines;
using Spectre.Console;

namespace Attune.Cli.Cohort;

/// <summary>--explain N and --log FILE, alike for simulated, live and replayed decisions.</summary>
internal sealed class DecisionArguments
{
    private const int MaxExplained = 1000;
    private readonly Option<int> explain = new("--explain")
    {
        Description = $"Explain the last N decisions of {PolicyCatalog.NeuOs}: wishes, approximations, losses, what settled it.",
        HelpName = "N",
    };
    private readonly Option<string?> log = new("--log")
    {
        Description = $"Write every decision of {PolicyCatalog.NeuOs}, one per line; attune cohort replay makes them again.",
        HelpName = "FILE",
    };

    /// <summary>Adds them to a command that decides.</summary>
    public void AddTo(Command command, bool writes = true)
    {
        command.Options.Add(explain);
        if (writes)
        {
            command.Options.Add(log);
        }
    }

    /// <summary>How many decisions to explain.</summary>
    public int Explained(Invocation invocation) => invocation.Value(explain);

    /// <summary>Where to write decisions; null for nowhere.</summary>
    public string? Path(Invocation invocation) => invocation.Value(log);

    /// <summary>Checks both.</summary>
    /// <exception cref="CommandFailedException">A value is wrong, the policy explains nothing, or the file cannot be written.</exception>
    /// <exception cref="JournalException">The file holds something else than decisions; it is left as it is.</exception>
    public void Check(Invocation invocation, string policy, string command)
    {
        int explained = Explained(invocation);
        if (explained is < 0 or > MaxExplained || (explained > 0 && policy != PolicyCatalog.NeuOs))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--explain takes 0 to {Units.Counted(MaxExplained, "decision")} of {PolicyCatalog.NeuOs}.",
                $"attune cohort {command} --help");
        }

        if (Path(invocation) is not { } path)
        {
            return;
        }

        if (policy != PolicyCatalog.NeuOs)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--log keeps decisions of {PolicyCatalog.NeuOs}, and {policy} decides here.",
                $"Leave --log out, or use --policy {PolicyCatalog.NeuOs}.");
        }

        TargetFile.Check(path, "--log");
        LineFile.RequireReplaceable(path, DecisionFile.Kind);
    }

    /// <summary>Explains decisions, one line per finding.</summary>
    public static ImmutableArray<string> Explain(IEnumerable<DecisionEntry> entries, CohortSetup setup) =>
        [.. entries.SelectMany(entry => DecisionExplanation.Of(entry, setup))];

    /// <summary>Prints explanations.</summary>
    public static void Print(IAnsiConsole report, ImmutableArray<string> explanations)
    {
        foreach (string line in explanations)
        {
            report.Line(line);
        }
    }
}
