using System.Collections.Immutable;
using System.Net.Sockets;

namespace Attune.Devices.Knobs.Remote;

/// <summary>
/// The knobs of a knob writer, as a program without rights turns them. The writer keeps what puts them back and does it when this connection ends, so these
/// knobs have nothing to restore themselves. Thread-safe: one request at a time. Dispose ends the connection, and with it everything is put back.
/// </summary>
internal sealed class RemoteKnobs : IDisposable
{
    private const int PatienceMilliseconds = 5000;
    private readonly LineSocket line;
    private readonly Lock gate = new();
    private bool ended;

    private RemoteKnobs(LineSocket line, ImmutableArray<Knob> knobs)
    {
        this.line = line;
        Knobs = [.. knobs.Select(knob => new RemoteKnob(this, knob))];
    }

    /// <summary>The knobs.</summary>
    public ImmutableArray<IKnob> Knobs { get; }

    /// <summary>Connects; the reason when nobody serves there, or not this user.</summary>
    /// <param name="path">The writer's socket.</param>
    public static Result<RemoteKnobs, string> Connect(string path)
    {
        Socket? socket = null;
        string problem;
        try
        {
            socket = new Socket(
                AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            { ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var talk = new LineSocket(socket, KnobProtocol.LongestAnswer);
            Result<ImmutableArray<Knob>, string> knobs = Greet(talk);
            if (knobs.Succeeded)
            {
                return new RemoteKnobs(talk, knobs.Value);
            }

            problem = knobs.Error;
        }
        catch (Exception refused) when (refused is SocketException or ArgumentException)
        {
            problem = $"no knob writer answers at {path}: {refused.Message}";
        }

        socket?.Dispose();
        return problem;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            line.Dispose();
        }
    }

    private static Result<ImmutableArray<Knob>, string> Greet(LineSocket line)
    {
        string? greeting = line.Read();
        if (greeting != KnobProtocol.Greeting)
        {
            return greeting is null
                ? "the knob writer hung up"
                : greeting.StartsWith(KnobProtocol.Refusal, StringComparison.Ordinal)
                ? greeting[KnobProtocol.Refusal.Length..]
                : "what answers is no knob writer of this version";
        }

        var knobs = ImmutableArray.CreateBuilder<Knob>();
        while (line.Read() is { } text)
        {
            if (text == KnobProtocol.End)
            {
                return knobs.ToImmutable();
            }

            if (KnobProtocol.Knob(text) is not { } knob)
            {
                break;
            }

            knobs.Add(knob);
        }

        return "the knob writer's list of knobs cannot be read";
    }

    private (string Outcome, long? Effective, string? Message)? Ask(string request)
    {
        lock (gate)
        {
            if (ended)
            {
                return null;
            }

            try
            {
                line.Write(request);
                if (line.Read() is { } answer && KnobProtocol.Answered(answer) is { } read)
                {
                    return read;
                }
            }
            catch (SocketException)
            {
                // The writer is gone, and has put everything back.
                line.Dispose();
            }

            ended = true;
            line.Dispose();
            return null;
        }
    }

    private sealed class RemoteKnob(RemoteKnobs writer, Knob description) : IKnob, IDisposable
    {
        public Knob Description => description;

        public bool IsRestoredElsewhere => true;

        public long? Read() => writer.Ask($"read {description.Id}")?.Effective;

        public KnobChange? Turn(long value)
        {
            KnobChange change = Change("turn", value);
            return change.Outcome == KnobOutcome.Applied ? null : change;
        }

        public KnobChange ReadBack(long asked)
        {
            KnobChange change = Change("back", asked);
            return change.Effective is null && change.Outcome == KnobOutcome.Applied ? change with { Effective = asked } : change;
        }

        public ImmutableArray<RestoreStep> Snapshot() => [];

        /// <summary>A session that ends gives up its knobs together.</summary>
        public void Dispose() => writer.Dispose();

        private KnobChange Change(string verb, long value) =>
            writer.Ask($"{verb} {description.Id} {value}") is { } answer && KnobProtocol.OutcomeOf(answer.Outcome) is { } outcome
                ? new KnobChange(description.Id, value, answer.Effective, outcome, answer.Message)
                : new KnobChange(description.Id, value, null, KnobOutcome.Gone, "the knob writer is gone");
    }
}
