using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Attune.Devices.Knobs.Remote;

/// <summary>
/// Turns knobs for a program that has no right to: listens on a Unix socket, asks the kernel who is at the other end, and does nothing but turn the knobs of
/// its list to values that they have, no faster than a session allows. One program at a time. When its connection ends, whatever way it ended, everything is
/// put back. Nothing that a client does, and nothing that the system refuses, ends the writer: it is told, and the next client is served. Thread-safe; Dispose
/// ends it and puts everything back. Linux only.
/// </summary>
internal sealed class KnobWriter : IDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int LongestPauseMs = 1000;
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private readonly Socket listener;
    private readonly ImmutableArray<IKnob> knobs;
    private readonly KnobWriterOptions options;
    private readonly Notices notices;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim ending = new();
    private readonly Thread accepting;
    private Socket? served;
    private Thread? serving;
    private bool ended;
    private int leftBehind;

    private KnobWriter(Socket listener, ImmutableArray<IKnob> knobs, KnobWriterOptions options)
    {
        this.listener = listener;
        this.knobs = knobs;
        this.options = options;
        notices = new Notices(options.Notify);
        accepting = new Thread(Accept) { IsBackground = true, Name = "attune-knob-writer" };
        accepting.Start();
    }

    /// <summary>Begins to serve; the reason when another writer serves at that path, or something that is no socket is in the way.</summary>
    /// <param name="knobs">The knobs that may be turned.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SocketException">The socket cannot be made.</exception>
    public static Result<KnobWriter, string> Start(IEnumerable<IKnob> knobs, KnobWriterOptions options)
    {
        if (Obstacle(options.SocketPath) is { } problem)
        {
            return problem;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(options.SocketPath));

            // Anybody may knock: who is let in is decided by what the kernel says about the other end, not by the file.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(options.SocketPath, Everybody);
            }

            socket.Listen(4);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new KnobWriter(socket, [.. knobs], options);
    }

    /// <summary>
    /// How many things could not be put back, or were named by a restore file and are no knob, since it began to serve; what they were was told.
    /// </summary>
    public int LeftBehind => Volatile.Read(ref leftBehind);

    /// <inheritdoc/>
    public void Dispose()
    {
        Thread? last;
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            ended = true;
            ending.Set();
            listener.Dispose();
            Close(served);
            last = serving;
        }

        accepting.Join();
        last?.Join();
        ending.Dispose();
        File.Delete(options.SocketPath);
    }

    private static string? Obstacle(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return $"another knob writer serves at {path}";
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            // Left behind by a writer that was killed.
            File.Delete(path);
            return null;
        }
        catch (SocketException refused)
        {
            return $"{path} is in the way: {refused.Message}";
        }
    }

    private static void Close(Socket? socket)
    {
        try
        {
            socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // It is closed already, which is what was wanted.
            socket?.Dispose();
        }
    }

    private static uint? UserOf(Socket socket)
    {
        // struct ucred: process, user, group; filled in by the kernel when the other end connected.
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length ? MemoryMarshal.Read<uint>(credentials[4..]) : null;
    }

    private void Accept()
    {
        int failures = 0;
        while (!ending.IsSet)
        {
            try
            {
                Receive(listener.Accept());
                failures = 0;
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException or OutOfMemoryException)
            {
                if (ending.IsSet)
                {
                    return;
                }

                // A client that was gone before it was accepted, or no descriptor or thread left: the next one may fare better.
                failures++;
                if (failures == 1)
                {
                    notices.Tell($"a connection could not be accepted, and it is tried again: {over.Message}");
                }

                ending.Wait(TimeSpan.FromMilliseconds(Math.Min(LongestPauseMs, 10 << Math.Min(failures, 10))));
            }
        }
    }

    private void Receive(Socket client)
    {
        bool isServed = false;
        try
        {
            if (Refusal(client) is not { } refusal)
            {
                isServed = true;
                return;
            }

            notices.Tell(refusal);
            using var line = new LineSocket(client, KnobProtocol.LongestRequest);
            Guarded(() => line.Write($"{KnobProtocol.Refusal}{refusal}"));
        }
        finally
        {
            if (!isServed)
            {
                client.Dispose();
            }
        }
    }

    /// <summary>Serves a client on a thread of its own, or says why not.</summary>
    private string? Refusal(Socket client)
    {
        uint? user = UserOf(client);
        if (user is not { } known || !options.Users.Contains(known))
        {
            return $"user {user?.ToString() ?? "of unknown number"} may not turn knobs here";
        }

        lock (gate)
        {
            if (ended || served is not null)
            {
                return ended ? "the writer ends" : "another program turns the knobs";
            }

            var thread = new Thread(() => Serve(client, known)) { IsBackground = true, Name = "attune-knob-client" };
            thread.Start();
            (served, serving) = (client, thread);
            return null;
        }
    }

    private void Serve(Socket client, uint user)
    {
        using var line = new LineSocket(client, KnobProtocol.LongestRequest);
        notices.Tell($"user {user} turns knobs");
        int before = LeftBehind;
        try
        {
            KnobSessionOptions own = options.Session with
            {
                Notify = told =>
                {
                    Interlocked.Increment(ref leftBehind);
                    notices.Tell(told);
                },
            };
            Result<KnobSession, string> opened = KnobSession.Open(knobs, own);
            using KnobSession? session = opened.Value;
            Guarded(() => Converse(line, opened));
        }
        catch (Exception defect)
        {
            // Whatever it is, other programs must still be served, and a root process must not leave clocks to chance: the session above has put them back.
            notices.Tell($"a client's session failed inside: {defect.GetType().Name}: {defect.Message}");
        }

        lock (gate)
        {
            served = null;
        }

        notices.Tell(LeftBehind == before ? $"user {user} is gone; everything is as it was" : $"user {user} is gone; what is not as it was is said above");
    }

    private void Converse(LineSocket line, Result<KnobSession, string> opened)
    {
        if (!opened.Succeeded)
        {
            line.Write($"{KnobProtocol.Refusal}{KnobProtocol.OneLine(opened.Error)}");
            return;
        }

        KnobSession session = opened.Value;
        line.Write(KnobProtocol.Greeting);
        foreach (IKnob knob in knobs)
        {
            line.Write(KnobProtocol.Line(knob.Description));
        }

        line.Write(KnobProtocol.End);
        while (line.Read() is { } request)
        {
            if (KnobProtocol.Request(request) is not { } asked || knobs.FirstOrDefault(knob => knob.Description.Id == asked.Knob) is not { } known)
            {
                // Whoever speaks nonsense, or of knobs that are not for it, is no client of ours.
                line.Write($"{KnobProtocol.Refusal}no such request");
                return;
            }

            line.Write(asked.Verb switch
            {
                "read" => KnobProtocol.Answer(known.Read()),
                "back" => KnobProtocol.Answer(session.ReadBack(asked.Knob)),
                _ when known.Description.Values.Contains(asked.Value) => KnobProtocol.Answer(session.Turn(asked.Knob, asked.Value)),
                _ =>
                    KnobProtocol.Answer(new KnobChange(asked.Knob, asked.Value, known.Read(), KnobOutcome.Refused, $"{asked.Knob} has no value {asked.Value}")),
            });
        }
    }

    private void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            notices.Tell("a connection ended in the middle of a line");
        }
    }
}
