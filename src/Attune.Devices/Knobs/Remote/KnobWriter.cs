using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Attune.Devices.Knobs.Remote;

/// <summary>
/// Turns knobs for a program that has no right to: listens on a Unix socket, asks the kernel who is at the other end, and does nothing but turn the knobs of its list to values that they have, no
/// faster than a session allows. One program at a time. When its connection ends, whatever way it ended, everything is put back. Thread-safe; Dispose ends it and puts everything back. Linux only.
/// </summary>
public sealed class KnobWriter : IDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private readonly Socket listener;
    private readonly ImmutableArray<IKnob> knobs;
    private readonly KnobWriterOptions options;
    private readonly Lock gate = new();
    private readonly Thread accepting;
    private Socket? served;
    private Thread? serving;
    private bool ended;

    private KnobWriter(Socket listener, ImmutableArray<IKnob> knobs, KnobWriterOptions options)
    {
        this.listener = listener;
        this.knobs = knobs;
        this.options = options;
        accepting = new Thread(Accept) { IsBackground = true, Name = "attune-knob-writer" };
        accepting.Start();
    }

    /// <summary>Begins to serve.</summary>
    /// <param name="knobs">The knobs that may be turned.</param>
    /// <param name="options">How.</param>
    /// <param name="problem">Why nothing is served; null when all is well.</param>
    /// <returns>Null when another writer serves at that path, or something that is no socket is in the way.</returns>
    /// <exception cref="SocketException">The socket cannot be made.</exception>
    public static KnobWriter? Start(IEnumerable<IKnob> knobs, KnobWriterOptions options, out string? problem)
    {
        problem = Obstacle(options.SocketPath);
        if (problem is not null)
        {
            return null;
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
            listener.Dispose();
            Close(served);
            last = serving;
        }

        accepting.Join();
        last?.Join();
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
        while (true)
        {
            Socket client;
            try
            {
                client = listener.Accept();
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (Refusal(client) is not { } refusal)
            {
                continue;
            }

            options.Notify?.Invoke(refusal);
            using var line = new LineSocket(client, KnobProtocol.LongestRequest);
            Guarded(() => line.Write($"{KnobProtocol.Refusal}{refusal}"));
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

            served = client;
            serving = new Thread(() => Serve(client, known)) { IsBackground = true, Name = "attune-knob-client" };
            serving.Start();
            return null;
        }
    }

    private void Serve(Socket client, uint user)
    {
        using var line = new LineSocket(client, KnobProtocol.LongestRequest);
        options.Notify?.Invoke($"user {user} turns knobs");
        if (KnobSession.Open(knobs, options.Session, out string? problem) is { } session)
        {
            using (session)
            {
                Guarded(() => Converse(line, session));
            }
        }
        else
        {
            Guarded(() => line.Write($"{KnobProtocol.Refusal}{problem}"));
        }

        lock (gate)
        {
            served = null;
        }

        options.Notify?.Invoke($"user {user} is gone; everything is as it was");
    }

    private void Converse(LineSocket line, KnobSession session)
    {
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
                _ => KnobProtocol.Answer(new KnobChange(asked.Knob, asked.Value, known.Read(), KnobOutcome.Refused, $"{asked.Knob} has no value {asked.Value}")),
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
            options.Notify?.Invoke("a connection ended in the middle of a line");
        }
    }
}
