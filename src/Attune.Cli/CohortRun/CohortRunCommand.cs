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
    private readonly KnobArguments machine = new();

    public CohortRunCommand()
        : base(
            "run",
            "Run the networks of a plan periodically under one controller that keeps their deadlines.",
            "attune cohort run plan.json",
            "attune cohort run plan.json --mode max-accuracy --duration 1m --json",
            "attune cohort run plan.json --policy max --duration 10s")
    {
        Command.Arguments.Add(plan);
        foreach (Option option in new Option[] { mode, policy, order, duration, warmUp, otherMachine }.Concat(machine.Options))
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string name = PolicyArguments.CheckPolicy(invocation.Value(policy)!);
        CohortMode? wanted = PolicyArguments.ReadMode(invocation.Value(mode));
        var dispatch = (DispatchOrder)Array.IndexOf(Orders, OneOf("--order", invocation.Value(order)!, Orders));
        TimeSpan length = Time("--duration", invocation.Value(duration)!) ?? TimeSpan.FromSeconds(30);
        TimeSpan warm = invocation.Value(warmUp) is "0" or "0s" ? TimeSpan.Zero : Time("--warm-up", invocation.Value(warmUp)!) ?? TimeSpan.Zero;
        using var loaded = RunnablePlan.Load(invocation.Value(plan)!, wanted, invocation.Value(otherMachine));
        CohortSetup setup = loaded.Setup;
        using KnobSession? knobs = machine.Open(invocation, setup.Knobs.Select(knob => knob.Id));
        using IEnergyMeter? meter = MeterArgument.Open(setup.Plan.Meter, invocation.Clock, machine.Root(invocation));
        var events = new RunEvents(invocation.Progress);
        var options = new RunningCohortOptions { Policy = name, Order = dispatch, Knobs = knobs, Meter = meter, Clock = invocation.Clock, Notify = events.Add };
        using var cohort = RunningCohort.Start(setup, loaded.Models, options);
        Feed(cohort, loaded, warm, invocation.Cancellation);
        cohort.ResetFigures();
        double? before = meter?.MilliJoules();
        var watch = new PlanWatch(loaded.Path, cohort, events.Add);
        var load = new PeriodicLoad(cohort, member => watch.Periods[member])
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
        return Task.FromResult(CohortRunReport.Of(setup, figures, new RunConditions(name, Orders[(int)dispatch], meter, energy, invocation.Cancellation.IsCancellationRequested), [.. loaded.Warnings, .. events.All]));
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
