using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.CohortPlans;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort;
using Attune.Cohort.Live;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Kernels;

namespace Attune.Cli.CohortRun;

/// <summary><c>attune cohort run</c>: runs the networks of a plan periodically, for real, under one controller.</summary>
internal sealed class CohortRunCommand : CliCommand
{
    private static readonly string[] Orders = ["lag", "deadline", "arrival"];
    private readonly Argument<string> plan = new("PLAN") { Description = "The plan. It is watched: a mode, deadline or period that is changed in it takes effect while the cohort runs." };
    private readonly Option<string?> mode = PolicyArguments.Mode();
    private readonly Option<string> policy = PolicyArguments.Policy();
    private readonly Option<string> order = new("--order") { Description = "Whose stage runs next: lag (whoever is furthest behind its schedule), deadline (earliest first), arrival (as if nobody coordinated).", HelpName = "ORDER", DefaultValueFactory = _ => Orders[0] };
    private readonly Option<string> duration = new("--duration") { Description = "How long to run. Ctrl-C ends it earlier and keeps the report.", HelpName = "TIME", DefaultValueFactory = _ => "30s" };
    private readonly Option<string> warmUp = new("--warm-up") { Description = "Time at the beginning that is not counted.", HelpName = "TIME", DefaultValueFactory = _ => "1s" };
    private readonly Option<bool> otherMachine = new("--other-machine") { Description = "Run although a profile was made on another machine." };
    private readonly DecisionArguments decisions = new();
    private readonly KnobArguments machine = new();

    public CohortRunCommand()
        : base(
            "run",
            "Run the networks of a plan periodically under one controller that keeps their deadlines.",
            "attune cohort run plan.json",
            "attune cohort run plan.json --mode max-accuracy --duration 1m --json",
            "attune cohort run plan.json --policy max --duration 10s",
            "attune cohort run plan.json --explain 5 --log decisions.jsonl")
    {
        Command.Arguments.Add(plan);
        foreach (Option option in new Option[] { mode, policy, order, duration, warmUp, otherMachine }.Concat(machine.Options))
        {
            Command.Options.Add(option);
        }

        decisions.AddTo(Command);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string name = PolicyArguments.CheckPolicy(invocation.Value(policy)!);
        CohortMode? wanted = PolicyArguments.ReadMode(invocation.Value(mode));
        var dispatch = (DispatchOrder)Array.IndexOf(Orders, OneOf("--order", invocation.Value(order)!, Orders));
        TimeSpan length = Time("--duration", invocation.Value(duration)!) ?? TimeSpan.FromSeconds(30);
        TimeSpan warm = invocation.Value(warmUp) is "0" or "0s" ? TimeSpan.Zero : Time("--warm-up", invocation.Value(warmUp)!) ?? TimeSpan.Zero;
        decisions.Check(invocation, name, "run");
        using var loaded = RunnablePlan.Load(invocation.Value(plan)!, wanted, invocation.Value(otherMachine));
        CohortSetup setup = loaded.Setup;
        using KnobSession? knobs = machine.Open(invocation, setup.Knobs.Select(knob => knob.Id));
        using IEnergyMeter? meter = MeterArgument.Open(setup.Plan.Meter, invocation.Clock, machine.Root(invocation));
        var events = new RunEvents(invocation.Progress);
        int explained = decisions.Explained(invocation);
        string? journalPath = decisions.Path(invocation);
        var options = new RunningCohortOptions
        {
            Policy = name,
            Order = dispatch,
            Knobs = knobs,
            Meter = meter,
            Clock = invocation.Clock,
            Notify = events.Add,
            Log = explained > 0 || journalPath is not null ? new DecisionLog(Math.Max(explained, DecisionJournal.Room), setup.Members.Length) : null,
        };
        using var cohort = RunningCohort.Start(setup, loaded.Models, options);
        using DecisionJournal? journal = journalPath is null ? null : new DecisionJournal(journalPath, cohort, name, events.Add);
        Feed(cohort, loaded, warm, invocation.Cancellation);
        cohort.ResetFigures();
        double? before = meter?.MilliJoules();
        var live = new LivePlan(cohort);
        var watch = new PlanWatch(loaded.Path, live, events.Add);
        var load = new PeriodicLoad(cohort, live.PeriodUs)
        {
            Tick = now =>
            {
                watch.Look();
                invocation.Progress.Report($"cohort   {now / 1e6:0} s of {length.TotalSeconds:0} s");
            },
        };
        load.Run(length, invocation.Cancellation);
        double? energy = meter?.MilliJoules() - before;
        if (meter is not null && before is not null && energy is null)
        {
            events.Add($"the meter {meter.Name} vanished");
        }

        CohortRunFigures figures = cohort.Figures();
        IReadOnlyList<DecisionEntry> kept = cohort.Decisions(0).Entries;
        journal?.Dispose();
        if (journal is { Lost: > 0 })
        {
            events.Add($"{journal.Lost} decisions came faster than they could be written, so {journalPath} lacks them");
        }

        var conditions = new RunConditions(name, Orders[(int)dispatch], meter, energy, invocation.Cancellation.IsCancellationRequested)
        {
            Explanations = DecisionArguments.Explain(kept.TakeLast(explained), setup),
            Written = journalPath is null ? [] : [journalPath],
        };
        return Task.FromResult(CohortRunReport.Of(setup, figures, conditions, [.. loaded.Warnings, .. events.All]));
    }

    /// <summary>Gives every member an input and lets the cohort warm up.</summary>
    private static void Feed(RunningCohort cohort, RunnablePlan loaded, TimeSpan warm, CancellationToken cancellation)
    {
        for (int member = 0; member < loaded.Models.Length; member++)
        {
            NetworkValue input = loaded.Models[member].Inputs[0];
            float[] sample = Models.RandomInputs.For([input], member + 1)[input.Name].Elements<float>();
            cohort.RequestAsync(member, sample).Wait(cancellation);
        }

        new PeriodicLoad(cohort, member => cohort.Setup.Members[member].PeriodUs).Run(warm, cancellation);
    }

    private static TimeSpan? Time(string option, string text) => Budget.Duration(text)
        ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{text}' is no duration.", $"Write {option} 30s.");

    private static string OneOf(string option, string word, IReadOnlyList<string> words) => words.Contains(word)
        ? word
        : throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"{option} knows no '{word}'.{(NearMiss.Find(word, words) is { } near ? $" Did you mean '{near}'?" : string.Empty)}", $"Use one of {string.Join(", ", words)}.");
}
