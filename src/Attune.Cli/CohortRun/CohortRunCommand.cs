using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Attune.Cli.Arguments;
using Attune.Cli.Cohort;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Session;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Devices.Thermal;
using Attune.Numerics.Words;
using Attune.Web;

namespace Attune.Cli.CohortRun;

/// <summary><c>attune cohort run</c>: runs the networks of a plan periodically, for real, under one controller.</summary>
internal sealed class CohortRunCommand : CliCommand
{
    private static readonly string[] Orders = ["lag", "deadline", "arrival"];
    private readonly Argument<string> plan = new("PLAN")
    {
        Description = "The plan. It is watched: a mode, deadline or period that is changed in it takes effect while the cohort runs.",
    };
    private readonly Option<string?> mode = PolicyArguments.Mode();
    private readonly Option<string> policy = PolicyArguments.Policy();
    private readonly Option<string> order = new("--order")
    {
        Description = "Whose stage runs next: lag (whoever is furthest behind its schedule), deadline (earliest first), arrival (as if nobody coordinated).",
        HelpName = "ORDER",
        DefaultValueFactory = _ => Orders[0],
    };
    private readonly Option<string> duration = new("--duration")
    {
        Description = "How long to run. Ctrl-C ends it earlier and keeps the report.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "30s",
    };
    private readonly Option<string> warmUp = new("--warm-up")
    {
        Description = "Time at the beginning that is not counted.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "1s",
    };
    private readonly Option<bool> otherMachine = new("--other-machine") { Description = "Run although a profile was made on another machine." };
    private readonly DecisionArguments decisions = new();
    private readonly Option<string?> listen = new("--listen")
    {
        Description = "Let another program watch and steer the run over HTTP: GET /state, PUT /plan, GET /metrics. A port alone is open to this machine only; "
            + "port 0 takes a free one and prints it.",
        HelpName = "ADDRESS",
    };
    private readonly KnobArguments machine = new();

    public CohortRunCommand()
        : base(
            "run",
            "Run the networks of a plan periodically under one controller that keeps their deadlines.",
            "attune cohort run plan.json",
            "attune cohort run plan.json --mode max-accuracy --duration 1m --json",
            "attune cohort run plan.json --policy max --duration 10s",
            "attune cohort run plan.json --explain 5 --log decisions.jsonl",
            "attune cohort run plan.json --duration 10m --listen 127.0.0.1:8421")
    {
        Command.Arguments.Add(plan);
        foreach (Option option in new Option[] { mode, policy, order, duration, warmUp, otherMachine }.Concat(machine.Options))
        {
            Command.Options.Add(option);
        }

        decisions.AddTo(Command);
        Command.Options.Add(listen);
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
        IPEndPoint? address = Address(invocation.Value(listen));
        var thermal = ThermalSensors.Discover(machine.Root(invocation));
        using RunnableCohort loaded = RunnableCohort.Load(
            invocation.Value(plan)!, wanted, invocation.Value(otherMachine)).OrThrow(error => new CommandFailedException(CohortFailures.Of(error)));
        using KnobSession? knobs = machine.Open(invocation, loaded.Setup.Knobs.Select(knob => knob.Id));
        using IEnergyMeter? meter = MeterArgument.Open(
            loaded.Setup.Plan.Meter, invocation.Clock, machine.Root(invocation), loaded.Setup.Members[0].Profile.Device.Kind);
        var options = new CohortSessionOptions
        {
            Policy = name,
            Order = dispatch,
            WarmUp = warm,
            Duration = length,
            KeptDecisions = decisions.Explained(invocation),
            Journal = decisions.Path(invocation),
            Knobs = knobs,
            Meter = meter,
            Thermal = thermal,
            Clock = invocation.Clock,
        };
        using var session = new CohortSession(loaded, options, new RunProgress(invocation.Progress, length));
        using CohortEndpoint? endpoint = Listen(session, address, invocation);
        CohortResult result = session.Run(invocation.Cancellation);
        Close(session, endpoint);
        return Task.FromResult(CohortRunReport.Of(loaded, session, options, result, new RunConditions(Orders[(int)dispatch], endpoint?.Address)));
    }

    private static CohortEndpoint? Listen(CohortSession session, IPEndPoint? address, Invocation invocation)
    {
        if (address is null)
        {
            return null;
        }

        try
        {
            var endpoint = CohortEndpoint.Start(address, session.Cohort, session.Plan, new EndpointOptions { Notify = session.Note });
            invocation.Progress.Announce($"cohort   listening: http://{endpoint.Address}/state, /plan, /metrics");
            if (!IPAddress.IsLoopback(endpoint.Address.Address))
            {
                session.Note($"whoever reaches {endpoint.Address} can change deadlines and mode: it asks nobody for a password");
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

    /// <summary>Ends the endpoint before the report is made: the descriptors of its clients may be the last that the system gave.</summary>
    private static void Close(CohortSession session, CohortEndpoint? endpoint)
    {
        endpoint?.Dispose();
        if (endpoint?.Figures is { } figures && figures.Dropped + figures.Refused + figures.Failed > 0)
        {
            session.Note($"the endpoint answered {figures.Answered} requests, let {figures.Dropped} idle connections go for newer ones, could not accept "
                + $"{figures.Refused} times and failed inside {figures.Failed} times");
        }
    }

    private static IPEndPoint? Address(string? text) => text is null ? null : ListenAddress.Parse(text)
        ?? throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"'{text}' is no address to listen at: a port, or ADDRESS:PORT with an address of this machine.",
            "Write --listen 127.0.0.1:8421; port 0 takes a free one.");

    private static TimeSpan? Time(string option, string text) => Budget.Duration(text)
        ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{text}' is no duration.", $"Write {option} 30s.");

    private static string OneOf(string option, string word, IReadOnlyList<string> words) => words.Contains(word)
        ? word
        : throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"{option} knows no '{word}'.{(NearMiss.Find(word, words) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
            $"Use one of {string.Join(", ", words)}.");
}
