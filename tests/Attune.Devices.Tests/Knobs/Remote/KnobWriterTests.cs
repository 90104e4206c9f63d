using System.Collections.Concurrent;
using System.Collections.Immutable;
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
        using (KnobSession session = KnobSession.Open(
            Connect().Knobs, new KnobSessionOptions { Root = machine.Root, RestorePath = own, Release = true }).Value.ShouldNotBeNull())
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
        RemoteKnobs.Connect(socket).Error.ShouldNotBeNull().ShouldContain("may not turn knobs here");
    }

    [Fact]
    public void One_program_at_a_time_and_the_next_one_after_it()
    {
        using KnobWriter writer = Serve();
        RemoteKnobs first = Connect();
        RemoteKnobs.Connect(socket).Error.ShouldNotBeNull().ShouldContain("another program");
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
        Start([]).Error.ShouldNotBeNull().ShouldContain("another knob writer");
        string file = Path.Combine(machine.Root, "file");
        File.WriteAllText(file, "mine");
        KnobWriter.Start([], new KnobWriterOptions { SocketPath = file, Users = [], Session = new KnobSessionOptions() })
            .Error.ShouldNotBeNull().ShouldContain("in the way");
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
        RemoteKnobs.Connect(socket).Error.ShouldNotBeNull().ShouldContain("no knob writer answers");
    }

    [Fact]
    public void Garbage_turns_nothing_and_ends_only_its_own_connection()
    {
        Dictionary<string, string> before = machine.All();
        using KnobWriter writer = Serve();
        var random = new Random(9);
        string[] lines =
        [
            "turn emc 40800001", "turn devfreq/17000000.gp10b 140250000", "turn ../../etc/passwd 1", "turn emc -1", "read", "turn emc 40800000 1",
            new string('x', 500), "turn  emc 40800000",
        ];
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

        Until(() => RemoteKnobs.Connect(socket).Value is { } remote && Close(remote));
        writer.Dispose();
        machine.All().ShouldBe(before);
    }

    [Fact]
    public void A_restore_file_that_cannot_be_written_refuses_turns_and_ends_nobody()
    {
        Dictionary<string, string> before = machine.All();
        using KnobWriter writer = Serve(restore: "/proc/1/x/r");
        for (int client = 0; client < 2; client++)
        {
            Until(() => RemoteKnobs.Connect(socket).Value is { } remote && Refuses(remote));
            machine.All().ShouldBe(before);
        }
    }

    [Fact]
    public void A_broken_line_of_a_restore_file_is_told_and_its_client_served()
    {
        File.WriteAllText(machine.RestorePath, $"attune-restore 1 999999 1\nnvml/\u0663\t\n{KnobMachine.Emc}/rate\t1600000000\n");
        machine.Put($"{KnobMachine.Emc}/rate", "40800000");
        using KnobWriter writer = Serve();
        using (RemoteKnobs remote = Connect())
        {
            machine.Get($"{KnobMachine.Emc}/rate").ShouldBe("1600000000", "what the killed run left is put back");
            remote.Knobs[1].Turn(40800000).ShouldBeNull();
        }

        Until(() => told.Any(each => each.Contains("is gone")));
        told.ShouldContain(each => each.Contains("names no knob") && each.Contains("nvml/?"));
        writer.LeftBehind.ShouldBe(1);
    }

    [Fact]
    public void A_link_in_place_of_the_restore_file_is_told_to_the_client()
    {
        string victim = Path.Combine(machine.Root, "victim");
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink(machine.RestorePath, victim);
        using KnobWriter writer = Serve();
        RemoteKnobs.Connect(socket).Error.ShouldNotBeNull().ShouldContain("symbolic link");
        File.ReadAllText(victim).ShouldBe("mine");

        File.Delete(machine.RestorePath);
        Until(() => RemoteKnobs.Connect(socket).Value is { } remote && Close(remote));
    }

    [Fact]
    public void A_knob_that_fails_inside_ends_its_client_only_and_is_put_back()
    {
        Dictionary<string, string> before = machine.All();
        using KnobWriter writer = Serve(extra: new BrokenKnob());
        RemoteKnobs remote = Connect();
        remote.Knobs[1].Turn(40800000).ShouldBeNull();
        remote.Knobs[2].Turn(1).ShouldNotBeNull().Outcome.ShouldBe(KnobOutcome.Gone);
        Until(() => told.Any(each => each.Contains("failed inside")));
        Until(() => RemoteKnobs.Connect(socket).Value is { } next && Close(next));
        machine.All().ShouldBe(before);
    }

    [Fact]
    public void A_writer_whose_messages_go_nowhere_goes_on()
    {
        using KnobWriter writer = Serve(notify: _ => throw new IOException("no space left"));
        Connect().Dispose();
        Until(() => RemoteKnobs.Connect(socket).Value is { } remote && Close(remote));
    }

    private static bool Refuses(RemoteKnobs remote)
    {
        using (remote)
        {
            KnobChange first = remote.Knobs[1].Turn(40800000).ShouldNotBeNull();
            KnobChange second = remote.Knobs[1].Turn(1866000000).ShouldNotBeNull();
            foreach (KnobChange change in new[] { first, second })
            {
                change.Outcome.ShouldBe(KnobOutcome.Refused);
                change.Message.ShouldNotBeNull().ShouldContain("/proc/1/x/r");
            }

            return true;
        }
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

    private RemoteKnobs Connect() => RemoteKnobs.Connect(socket).OrThrow(problem => new InvalidOperationException(problem));

    private KnobWriter Serve(ImmutableArray<uint>? users = null, string? restore = null, IKnob? extra = null, Action<string>? notify = null) =>
        Start(users ?? [SystemUsers.Current().ShouldNotBeNull()], restore, extra, notify).OrThrow(problem => new InvalidOperationException(problem));

    private Result<KnobWriter, string> Start(
        ImmutableArray<uint> users, string? restore = null, IKnob? extra = null, Action<string>? notify = null) =>
        KnobWriter.Start(
        [.. KnobCatalog.Discover(machine.Root, 4, nvidia: false).Where(
            knob => knob.Description.Id is "cpufreq/policy0" or "emc"), .. extra is null ? Array.Empty<IKnob>() : [extra]],
        new KnobWriterOptions
        {
            SocketPath = socket,
            Users = users,
            Notify = notify ?? told.Enqueue,
            Session = new KnobSessionOptions { Root = machine.Root, RestorePath = restore ?? machine.RestorePath, Release = true, Force = true },
        });

    private sealed class BrokenKnob : IKnob
    {
        public Knob Description => new("broken", "Hz", [1, 2], BeyondProcess: true);

        public long? Read() => 1;

        public KnobChange? Turn(long value) => throw new InvalidDataException("a defect");

        public KnobChange ReadBack(long asked) => new("broken", asked, 1, KnobOutcome.Applied);

        public ImmutableArray<RestoreStep> Snapshot() => [new RestoreStep("nvml/999", string.Empty)];
    }
}
