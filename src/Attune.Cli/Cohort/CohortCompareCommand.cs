using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Comparison;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Simulation;
using Attune.Experiments.Cohorts;
using Attune.Experiments.Reports;
using Spectre.Console;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Cohort;

/// <summary><c>attune cohort compare</c>: all policies on a plan, or on the grid of cohort sizes and deadline factors; table and report.</summary>
internal sealed class CohortCompareCommand : CliCommand
{
    private readonly SimulationArguments shared = new();
    private readonly Option<string[]> policies = PolicyArguments.Policies();
    private readonly Option<int> seeds = new("--seeds") { Description = "Seeds per cohort and policy.", HelpName = "N", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> grid = new("--grid")
    {
        Description = "Instead of the plan's cohort: 1, 2, 4, 6 and 8 copies of its first network, and all its different ones together, at deadline "
            + "factors 1.2, 1.5, 2 and 3.",
    };
    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for the report: report.html, report.md, report.json.",
        HelpName = "DIR",
    };

    public CohortCompareCommand()
        : base(
            "compare",
            "Compare all policies on a plan by simulation: misses, energy, accuracy, response, fairness; HTML report with plots.",
            "attune cohort compare samples/cohort/here.json --contention 0.5 -o comparison",
            "attune cohort compare samples/cohort/board.json --tables data/neuos --grid -o comparison")
    {
        shared.AddTo(Command, simulates: true);
        foreach (Option option in new Option[] { policies, seeds, grid, output })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        PolicyRun[] runs = [.. PolicyRun.Of(PolicyArguments.ReadPolicies(invocation.Value(policies)!))];
        SimulationOptions options = shared.Options(invocation);
        int count = invocation.Value(seeds);
        if (count is < 1 or > 1000)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--seeds {count} is not from 1 to 1000.", "Use --seeds 3.");
        }

        string path = invocation.Value(shared.Plan)!;
        (CohortPlan plan, ImmutableArray<CohortProfile> profiles) = shared.Read(invocation, options);
        CohortSetup setup = PlanFiles.Join(path, plan, profiles);
        ImmutableArray<ComparisonCell> cells = invocation.Value(grid) ? Grid(path, plan, profiles) : [ComparisonCell.Of(setup)];
        ImmutableArray<ComparisonRow> rows = await Task.Run(
            () =>
                CohortComparison.Run(
                    cells,
                    runs,
                    options,
                    count,
                    (i, cell) => invocation.Progress.Report($"compare  {i + 1}/{cells.Length}  {cell.Cohort}, {cell.FactorText}"),
                    invocation.Cancellation),
            CancellationToken.None);
        var results = new CohortResults(
            plan.Name,
            invocation.Clock.GetUtcNow(),
            CommandText(invocation, count),
            options,
            count,
            [.. profiles.DistinctBy(profile => profile.Network)],
            rows);
        return new CommandResult(CohortReport.Data(results), report => Print(report, rows))
        {
            Warnings = shared.Warnings(invocation, profiles),
            Written = invocation.Value(output) is { } folder ? ReportFiles.Write(folder, CohortReport.Of(results), CohortReport.Data(results)) : [],
            Next = invocation.Value(output) is null ? $"For a report with plots: {CommandText(invocation, count)} -o comparison" : null,
        };
    }

    private static ImmutableArray<ComparisonCell> Grid(string path, CohortPlan plan, ImmutableArray<CohortProfile> profiles) =>
        CohortComparison.Grid(plan, profiles)
        .OrThrow(error => PlanFiles.Failed(path, "The grid cannot be made from this plan", error.Problems, "attune cohort compare --help"));

    private static void Print(IAnsiConsole report, ImmutableArray<ComparisonRow> rows)
    {
        foreach (IGrouping<ComparisonCell, ComparisonRow> cell in rows.GroupBy(row => row.Cell))
        {
            double oracle = CohortComparison.OracleMjPerJob(cell.Key.Setup);
            string bound = double.IsNaN(oracle) ? string.Empty : $"; per-layer oracle without noise {oracle:0.00} mJ per job";
            report.Line($"{cell.Key.Cohort}, {cell.Key.FactorText}{(cell.First().CanBeMet ? string.Empty : "; cannot be met by anything")}{bound}");
            ConsoleTable.Print(
                report,
                ["policy", ">missed", ">95 % interval", ">mJ/job", ">busy mJ/job", ">response", ">p99/D", ">accuracy", ">gap"],
                cell.Select(row => new[]
                {
                    row.Run.Label,
                    CohortTables.Percent(row.Figures.MissRate.Rate),
                    CohortTables.Range(row.Figures.MissRate),
                    CohortTables.Number(row.Figures.TotalMjPerJob, "0.00"),
                    CohortTables.Number(row.Figures.BusyMjPerJob, "0.00"),
                    Units.Milliseconds(row.Figures.MeanResponseMs),
                    CohortTables.Number(row.Figures.ResponseQuantiles[2], "0.000"),
                    CohortTables.Accuracy(row.Figures.RelativeAccuracy),
                    CohortTables.Number(row.Figures.FairnessGap * 100, "0.00"),
                }));
            report.Line(string.Empty);
        }
    }

    private string CommandText(Invocation invocation, int count) =>
        PrintedCommand.Of([
            "cohort", "compare", invocation.Value(shared.Plan)!,
            .. invocation.Given(shared.Tables, shared.Contention, policies, grid),
            "--jobs", $"{invocation.Value(shared.Jobs)}",
            "--seeds", $"{count}",
            "--seed", $"{invocation.Value(shared.Seed)}",
            "--noise", $"{invocation.Value(shared.Noise)}",
        ]);
}
