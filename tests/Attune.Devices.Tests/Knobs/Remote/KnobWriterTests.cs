using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Attune.Devices.Knobs;
using Attune.Devices.Knobs.Remote;

namespace Attune.Devices.Tests.Knobs.Remote;

public sealed class KnobWriterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly KnobMachine machine = KnobMachine.Jetson();
    private readonly string socket = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.sock");
    private readonly ConcurrentQueue<string> told = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void A_program_turns_the_writers_knobs_and_leaves_everything_as_it_was()
    {
        Dictionary<string, string> before = machine.All();
        using KnobWriter writer = Serve();
        using (RemoteKnobs remote = Connect())
        {
            remote.Knobs.Select(knob => knob.Description.Id).ShouldBe(["cpufreq/policy0", "emc"]);
            IKnob clock = remote.Knobs[0];
            clock.Description.Values.ShouldBe([345600, 1113600, 2035200]);
            clock.Description.BeyondProcess.ShouldBeTrue();
            clock.Turn(1113600).ShouldBeNull();
            clock.Read().ShouldBe(1113600);
            machine.Get($"{KnobMachine.Policy}/scaling_min_freq").ShouldBe("1113600");
            clock.ReadBack(1113600).Outcome.ShouldBe(KnobOutcome.Applied);
            machine.Put($"{KnobMachine.Policy}/scaling_max_freq", "345600");
            KnobChange capped = clock.ReadBack(1113600);
            capped.Outcome.ShouldBe(KnobOutcome.Capped);
            capped.Effective.ShouldBe(345600);
            clock.Turn(5).ShouldNotBeNull().Message.ShouldNotBeNull().ShouldContain("no value 5");
            clock.Snapshot().ShouldBeEmpty();
        }

        Until(() => told.Any(each => each.Contains("as it was")));
        machine.All().ShouldBe(before);
    }

    [Fact]
    public void A_session_of_remote_knobs_needs_no_restore_file_and_no_rights()
    {
        using KnobWriter writer = Serve();
        string own = Path.Combine(machine.Root, "own");
        using (KnobSession session = KnobSession.Open(Connect().Knobs, new KnobSessionOptions { Root = machine.Root, RestorePath = own, Release = true }, out _).ShouldNotBeNull())
        {
            session.Write("emc", 40800000).Outcome.ShouldBe(KnobOutcome.Applied);
            machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("40800000");
            File.Exists(own).ShouldBeFalse();
            File.Exists(machine.RestorePath).ShouldBeTrue("the writer keeps what puts them back");
        }

        Until(() => machine.Get($"{KnobMachine.Emc}/rate") == "1600000000" && !File.Exists(machine.RestorePath));
    }

    [Fact]
    public void Whoever_is_not_listed_is_refused()
    {
        using KnobWriter writer = Serve(users: []);
        RemoteKnobs.Connect(socket, out string? problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("may not turn knobs here");
    }

    [Fact]
    public void One_program_at_a_time_and_the_next_one_after_it()
    {
        using KnobWriter writer = Serve();
        RemoteKnobs first = Connect();
        RemoteKnobs.Connect(socket, out string? problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("another program");
        first.Dispose();
        Until(() => told.Any(each => each.Contains("as it was")));
        Connect().Dispose();
    }

    [Fact]
    public void A_second_writer_at_the_same_path_is_refused_and_a_dead_ones_socket_is_taken_over()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(socket));
        }

        using KnobWriter writer = Serve();
        Start([], out string? problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("another knob writer");
        string file = Path.Combine(machine.Root, "file");
        File.WriteAllText(file, "mine");
        KnobWriter.Start([], new KnobWriterOptions { SocketPath = file, Users = [], Session = new KnobSessionOptions() }, out problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("in the way");
        File.ReadAllText(file).ShouldBe("mine");
    }

    [Fact]
    public void A_writer_that_ends_puts_everything_back_and_its_program_is_told()
    {
        Dictionary<string, string> before = machine.All();
        using RemoteKnobs remote = Connected(out KnobWriter writer);
        remote.Knobs[1].Turn(40800000).ShouldBeNull();
        writer.Dispose();
        machine.All().ShouldBe(before);
        remote.Knobs[1].Turn(1866000000).ShouldNotBeNull().Outcome.ShouldBe(KnobOutcome.Gone);
        remote.Knobs[1].Read().ShouldBeNull();
        RemoteKnobs.Connect(socket, out string? problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("no knob writer answers");
    }

    [Fact]
    public void Garbage_turns_nothing_and_ends_only_its_own_connection()
    {
        Dictionary<string, string> before = machine.All();
        using KnobWriter writer = Serve();
        var random = new Random(9);
        string[] lines = ["turn emc 40800001", "turn devfreq/17000000.gp10b 140250000", "turn ../../etc/passwd 1", "turn emc -1", "read", "turn emc 40800000 1", new string('x', 500), "turn  emc 40800000"];
        for (int i = 0; i < 40; i++)
        {
            byte[] bytes = i < lines.Length ? Encoding.ASCII.GetBytes(lines[i] + "\n") : new byte[random.Next(1, 300)];
            if (i >= lines.Length)
            {
                random.NextBytes(bytes);
            }

            string answer = string.Empty;
            Until(() => !(answer = Say(bytes)).Contains("another program"));
            answer.ShouldStartWith(KnobProtocol.Greeting);
        }

        Until(() => RemoteKnobs.Connect(socket, out _) is { } remote && Close(remote));
        writer.Dispose();
        machine.All().ShouldBe(before);
    }

    private string Say(byte[] bytes)
    {
        using var wild = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        wild.Connect(new UnixDomainSocketEndPoint(socket));
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            wild.Send(bytes);
            wild.Shutdown(SocketShutdown.Send);
            for (int got; (got = wild.Receive(buffer)) > 0;)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, got));
            }
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The writer hung up with some of the garbage unread; what it said before counts.
            answer.Append('\n');
        }

        return answer.Length == 0 || answer[0] == '\n' ? "another program, probably: the answer was lost" : answer.ToString();
    }

    private static bool Close(RemoteKnobs remote)
    {
        remote.Dispose();
        return true;
    }

    private static void Until(Func<bool> holds) => SpinWait.SpinUntil(holds, Patience).ShouldBeTrue();

    private RemoteKnobs Connected(out KnobWriter writer)
    {
        writer = Serve();
        return Connect();
    }

    private RemoteKnobs Connect() => RemoteKnobs.Connect(socket, out string? problem).ShouldNotBeNull(problem);

    private KnobWriter Serve(System.Collections.Immutable.ImmutableArray<uint>? users = null) => Start(users ?? [SystemUsers.Current().ShouldNotBeNull()], out string? problem).ShouldNotBeNull(problem);

    private KnobWriter? Start(System.Collections.Immutable.ImmutableArray<uint> users, out string? problem) => KnobWriter.Start(
        KnobCatalog.Discover(machine.Root, 4, nvidia: false).Where(knob => knob.Description.Id is "cpufreq/policy0" or "emc"),
        new KnobWriterOptions
        {
            SocketPath = socket,
            Users = users,
            Notify = told.Enqueue,
            Session = new KnobSessionOptions { Root = machine.Root, RestorePath = machine.RestorePath, Release = true, Force = true },
        },
        out problem);
}
