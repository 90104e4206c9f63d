using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;

namespace Attune.Cli.Cohort;

/// <summary><c>attune cohort replay</c>: makes the decisions of a log again and says whether they come out the same.</summary>
internal sealed class CohortReplayCommand : CliCommand
{
    private readonly Argument<string> log = new("LOG") { Description = "Decisions, as cohort run --log or cohort simulate --log writes them." };
    private readonly Argument<string> plan = new("PLAN") { Description = "The plan that they were made for, with its profiles." };
    private readonly SimulationArguments shared = new();
    private readonly DecisionArguments decisions = new();

    public CohortReplayCommand()
        : base(
            "replay",
            "Make the decisions of a log again, from what went into each of them; says whether they come out the same.",
            "attune cohort replay decisions.jsonl plan.json",
            "attune cohort replay decisions.jsonl plan.json --explain 5")
    {
        Command.Arguments.Add(log);
        Command.Arguments.Add(plan);
        Command.Options.Add(shared.Tables);
        decisions.AddTo(Command, writes: false);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        decisions.Check(invocation, PolicyCatalog.NeuOs, "replay");
        string path = invocation.Value(log)!;
        CohortSetup setup = Setup(invocation);
        DecisionCheck check = Check(path, setup, decisions.Explained(invocation));
        if (!check.Problems.IsEmpty)
        {
            throw PlanFiles.Failed(
                path, "This log cannot be replayed", check.Problems, "Use the plan and profiles with which it was written.", ErrorCodes.MalformedDecisions);
        }

        ImmutableArray<string> explanations = DecisionArguments.Explain(check.Last, setup);
        ImmutableArray<string> first = check.First is { } entry ? DecisionExplanation.Of(entry, setup) : [];
        var data = new { Plan = setup.Plan.Name, check.Decisions, check.Different, FirstDifferent = first, Explanations = explanations };
        return Task.FromResult(new CommandResult(data, report =>
        {
            report.Line(check.Different == 0
                ? $"{Units.Counted(check.Decisions, "decision")}, all the same again"
                : $"{check.Different} of {check.Decisions} decisions come out otherwise; the first of them:");
            DecisionArguments.Print(report, first);
            DecisionArguments.Print(report, explanations);
        })
        {
            Failure = check.Different == 0 ? null : new Failure(
                ExitCode.Gate,
                ErrorCodes.DecisionsDiffer,
                $"{check.Different} of {check.Decisions} decisions come out otherwise than the log says.",
                "Use the profiles and the version of Attune with which the log was written."),
        });
    }

    private CohortSetup Setup(Invocation invocation)
    {
        string path = invocation.Value(plan)!;
        CohortPlan read = PlanFiles.ReadPlan(path);
        return PlanFiles.Join(path, read, PlanFiles.ReadProfiles(path, read, invocation.Value(shared.Tables), shared.UsualSpread));
    }

    private static DecisionCheck Check(string path, CohortSetup setup, int keep)
    {
        try
        {
            return DecisionCheck.Of(File.ReadLines(path), setup, keep);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"{path} cannot be read: {refused.Message}",
                "Check the path; cohort run --log FILE writes such a file.");
        }
    }
}
