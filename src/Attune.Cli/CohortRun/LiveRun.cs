using System.Net;
using System.Net.Sockets;
using Attune.Cli.CohortPlans;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort;
using Attune.Cohort.Live;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Web;

namespace Attune.Cli.CohortRun;

/// <summary>One run of a plan: the cohort, what feeds it, what watches it from outside, and the report in the end.</summary>
internal sealed class LiveRun(RunnablePlan loaded, LiveRunOptions options, KnobSession? knobs, IEnergyMeter? meter, Invocation invocation)
{
    private readonly RunEvents events = new(invocation.Progress);

    /// <summary>Runs it to its end or to the user's.</summary>
    /// <exception cref="CommandFailedException">It cannot listen where it should.</exception>
    public CommandResult Run()
    {
        CohortSetup setup = loaded.Setup;
        using var cohort = RunningCohort.Start(setup, loaded.Models, new RunningCohortOptions
        {
            Policy = options.Policy,
            Order = options.Order,
            Knobs = knobs,
            Thermal = options.Thermal,
            Meter = meter,
            Clock = invocation.Clock,
            Notify = events.Add,
            Log = options.Explained > 0 || options.Journal is not null ? new DecisionLog(Math.Max(options.Explained, DecisionJournal.Room), setup.Members.Length) : null,
        });
        var plan = new LivePlan(cohort);
        using CohortEndpoint? endpoint = Listen(cohort, plan);
        using DecisionJournal? journal = options.Journal is { } path ? new DecisionJournal(path, cohort, options.Policy, events.Add) : null;
        Feed(cohort);
        cohort.ResetFigures();
        double? before = meter?.MilliJoules();
        Load(cohort, plan);
        double? energy = meter?.MilliJoules() - before;
        if (meter is not null && before is not null && energy is null)
        {
            events.Add($"the meter {meter.Name} vanished");
        }

        CohortRunFigures figures = cohort.Figures();
        CohortMode mode = cohort.Glance().Mode;
        IReadOnlyList<DecisionEntry> kept = cohort.Decisions(0).Entries;
        End(journal);
        Close(endpoint);
        var conditions = new RunConditions(options.Policy, mode, options.OrderName, meter, energy, invocation.Cancellation.IsCancellationRequested)
        {
            Limits = cohort.Limits(),
            Endpoint = endpoint?.Address,
            Explanations = DecisionArguments.Explain(kept.TakeLast(options.Explained), setup),
            Next = PrintedCommand.Of("cohort", "compare", options.Plan),
            Written = options.Journal is null ? [] : [options.Journal],
        };
        return CohortRunReport.Of(setup, figures, conditions, [.. loaded.Warnings, .. events.All]);
    }

    private CohortEndpoint? Listen(RunningCohort cohort, LivePlan plan)
    {
        if (options.Listen is not { } address)
        {
            return null;
        }

        try
        {
            var endpoint = CohortEndpoint.Start(address, cohort, plan, new EndpointOptions { Notify = events.Add });
            invocation.Progress.Announce($"cohort   listening: http://{endpoint.Address}/state, /plan, /metrics");
            if (!IPAddress.IsLoopback(endpoint.Address.Address))
            {
                events.Add($"whoever reaches {endpoint.Address} can change deadlines and mode: it asks nobody for a password");
            }

            return endpoint;
        }
        catch (Exception refused) when (refused is SocketException or OutOfMemoryException)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.CannotListen,
                $"{address} cannot be listened at: {refused.Message}.",
                $"Another program may use the port: --listen {new IPEndPoint(address.Address, 0)} takes a free one.");
        }
    }

    /// <summary>Gives every member an input and lets the cohort warm up.</summary>
    private void Feed(RunningCohort cohort)
    {
        for (int member = 0; member < loaded.Models.Length; member++)
        {
            NetworkValue input = loaded.Models[member].Inputs[0];
            float[] sample = RandomInputs.For([input], member + 1)[input.Name].Elements<float>();
            cohort.RequestAsync(member, sample).Wait(invocation.Cancellation);
        }

        new PeriodicLoad(cohort, member => cohort.Setup.Members[member].PeriodUs).Run(options.WarmUp, invocation.Cancellation);
    }

    private void Load(RunningCohort cohort, LivePlan plan)
    {
        var watch = new PlanWatch(loaded.Path, plan, events.Add);
        var load = new PeriodicLoad(cohort, plan.PeriodUs)
        {
            Tick = now =>
            {
                watch.Look();
                invocation.Progress.Report($"cohort   {now / 1e6:0} s of {options.Duration.TotalSeconds:0} s");
            },
        };
        load.Run(options.Duration, invocation.Cancellation);
    }

    /// <summary>Ends the endpoint before the report is made: the descriptors of its clients may be the last that the system gave.</summary>
    private void Close(CohortEndpoint? endpoint)
    {
        endpoint?.Dispose();
        if (endpoint?.Figures is { } figures && figures.Dropped + figures.Refused + figures.Failed > 0)
        {
            events.Add($"the endpoint answered {figures.Answered} requests, let {figures.Dropped} idle connections go for newer ones, could not accept {figures.Refused} times and failed inside {figures.Failed} times");
        }
    }

    private void End(DecisionJournal? journal)
    {
        journal?.Dispose();
        if (journal is { Lost: > 0 })
        {
            events.Add($"{Units.Counted(journal.Lost, "decision")} came faster than they could be written, so {options.Journal} lacks them");
        }
    }
}
