using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Admission;
using Attune.Cohort.Control;
using Attune.Cohort.Simulation;

namespace Attune.Cli.Cohort;

/// <summary><c>attune cohort admit</c>: does this set fit, which member does not, and by how much.</summary>
internal sealed class CohortAdmitCommand : CliCommand
{
    private readonly SimulationArguments shared = new();

    public CohortAdmitCommand()
        : base(
            "admit",
            "Say whether a cohort can keep its deadlines: every network running all the time, all reserves kept.",
            "attune cohort admit samples/cohort/here.json --contention 1")
        => shared.AddTo(Command, simulates: false);

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        SimulationOptions options = shared.Options(invocation, simulates: false);
        CohortSetup setup = shared.Setup(invocation, options);
        ImmutableArray<MemberAdmission> members = CohortAdmission.Check(setup, options.Contention);
        MemberAdmission[] slow = [.. members.Where(member => member.Verdict == AdmissionVerdict.TooSlow)];
        var data = new
        {
            Plan = setup.Plan.Name,
            options.Contention,
            Admitted = slow.Length == 0,
            Members = members.Select(member => new
            {
                member.Name,
                member.Verdict,
                DeadlineMs = member.DeadlineUs / 1000,
                ExactMs = member.ExactUs / 1000,
                LeastMs = member.MinUs / 1000,
                SlackMs = member.SlackUs / 1000,
                member.LossPoints,
                member.Load,
            }),
        };
        return Task.FromResult(new CommandResult(data, report =>
        {
            ReportTable.Print(
                report,
                ["network", ">deadline", ">exact", ">fastest variant", ">slack", ">accuracy lost", ">load", "verdict"],
                members.Select(member => new[]
                {
                    member.Name,
                    Units.Milliseconds(member.DeadlineUs / 1000),
                    Units.Milliseconds(member.ExactUs / 1000),
                    Units.Milliseconds(member.MinUs / 1000),
                    Units.Milliseconds(member.SlackUs / 1000),
                    $"{member.LossPoints:0.00}",
                    Units.Percent(member.Load),
                    Verdict(member.Verdict),
                }));
            report.Line($"Times are at the fastest setting with all {members.Length} networks running, reserves included.");
        })
        {
            Failure = slow.Length == 0 ? null : new Failure(
                ExitCode.Gate,
                ErrorCodes.NotAdmitted,
                $"The cohort does not fit: {string.Join("; ", slow.Select(TooSlow))}.",
                "Give those networks later deadlines, take one out, or profile faster variants."),
            Warnings = shared.Warnings(invocation, setup.Members.Select(member => member.Profile)),
            Next = PrintedCommand.Of(["cohort", "simulate", invocation.Value(shared.Plan)!, .. shared.Given(invocation)]),
        });
    }

    private static string TooSlow(MemberAdmission member) =>
        $"{member.Name} needs {member.MinUs / 1000:0.###} ms even approximated, {-member.SlackUs / 1000:0.###} ms more than its deadline";

    private static string Verdict(AdmissionVerdict verdict) => verdict switch
    {
        AdmissionVerdict.Exact => "fits",
        AdmissionVerdict.Approximated => "fits with approximations",
        _ => "does not fit",
    };
}
