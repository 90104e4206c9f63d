using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Simulation;

namespace Attune.Cli.Cohort;

/// <summary><c>attune cohort simulate</c>: one policy on a plan's profiles, deterministic.</summary>
internal sealed class CohortSimulateCommand : CliCommand
{
    private readonly SimulationArguments shared = new();
    private readonly Option<string> policy = PolicyArguments.Policy();
    private readonly Option<string?> mode = PolicyArguments.Mode();
    private readonly DecisionArguments decisions = new();
    private readonly Option<bool> overhead = new("--overhead")
    {
        Description = $"Also time the decisions of {PolicyCatalog.NeuOs} on this machine, with all members in mid-job.",
    };

    public CohortSimulateCommand()
        : base(
            "simulate",
            "Run the controller on profiles or recorded tables instead of a machine; deterministic.",
            "attune cohort simulate samples/cohort/here.json --contention 0.5",
            "attune cohort simulate samples/cohort/board.json --tables data/neuos --mode max-accuracy --explain 3",
            "attune cohort simulate samples/cohort/here.json --jobs 100 --log decisions.jsonl")
    {
        shared.AddTo(Command, simulates: true);
        Command.Options.Add(policy);
        Command.Options.Add(mode);
        decisions.AddTo(Command);
        Command.Options.Add(overhead);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        string name = PolicyArguments.CheckPolicy(invocation.Value(policy)!);
        CohortMode? chosen = PolicyArguments.ReadMode(invocation.Value(mode));
        decisions.Check(invocation, name, "simulate");
        SimulationOptions options = shared.Options(invocation);
        CohortSetup setup = shared.Setup(invocation, options);
        int explained = decisions.Explained(invocation);
        string? path = decisions.Path(invocation);
        using StreamWriter? file = path is null ? null : new StreamWriter(path);
        await (file?.WriteLineAsync(DecisionFile.Header(setup, name)) ?? Task.CompletedTask);
        DecisionLog? log = explained > 0 || file is not null
            ? new DecisionLog(Math.Max(1, explained), setup.Members.Length) { Told = entry => file?.WriteLine(DecisionFile.Line(entry)) }
            : null;
        var simulation = new CohortSimulation(setup, name, options, chosen, log);
        SimulationResult result = await Task.Run(simulation.Run, invocation.Cancellation);
        CohortFigures figures = CohortFigures.Of([result]);
        ImmutableArray<string> explanations = explained == 0 ? [] : DecisionArguments.Explain(log!.Entries(), setup);
        DecisionCost? cost = invocation.Value(overhead) ? DecisionCost.Measure(setup, invocation.Clock) : null;
        string label = new PolicyRun(name, PolicyCatalog.HasModes(name) ? result.Mode : null).Label;
        return new CommandResult(Data(setup, options, label, figures, result, explanations, cost), report =>
        {
            report.Line($"{label} on {setup.Plan.Name}: {figures.Released} jobs in {result.DurationUs / 1e6:0.0} s of simulated time");
            CohortTables.Members(report, setup, figures);
            report.Line(string.Empty);
            CohortTables.Summary(report, figures, setup.Settings);
            DecisionArguments.Print(report, explanations);
            if (cost is not null)
            {
                report.Line($"decision  {cost.MinUs:0.00} us at best, {cost.MedianUs:0.00} us median of {cost.Decisions} for "
                    + $"{Units.Counted(setup.Members.Length, "network")}, {cost.AllocatedBytes:0.0} bytes allocated");
            }
        })
        {
            Warnings = shared.Warnings(invocation, setup.Members.Select(member => member.Profile)),
            Written = path is null ? [] : [path],
            Next = PrintedCommand.Of(["cohort", "compare", invocation.Value(shared.Plan)!, .. shared.Given(invocation)]),
        };
    }

    private static object Data(
        CohortSetup setup,
        SimulationOptions options,
        string label,
        CohortFigures figures,
        SimulationResult result,
        ImmutableArray<string> explanations,
        DecisionCost? cost) => new
        {
            Plan = setup.Plan.Name,
            Policy = label,
            options.Seed,
            options.Jobs,
            options.Contention,
            options.StageNoise,
            Energy = setup.Energy,
            SimulatedSeconds = result.DurationUs / 1e6,
            result.Decisions,
            Figures = CohortTables.Json(figures),
            Settings = result.SettingUs.Select(
            (us, setting) => new { Setting = setup.SettingText(setting), BusySeconds = us / 1e6 }).Where(each => each.BusySeconds > 0),
            Explanations = explanations,
            DecisionCost = cost,
        };
}
