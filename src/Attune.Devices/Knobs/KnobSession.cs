using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Attune.Devices.Knobs;

/// <summary>
/// Turns knobs and puts them back. What undoes the writes is in a file, synced to the disk, before the first write; it is done when the session ends, on SIGTERM and SIGHUP, when the process
/// exits or dies of an exception, and by a guard process when this one is killed. Knobs beyond the process are only written when <see cref="KnobSessionOptions.Release"/> says so. Thread-safe.
/// </summary>
public sealed class KnobSession : IDisposable
{
    private readonly KnobSessionOptions options;
    private readonly ImmutableDictionary<string, IKnob> knobs;
    private readonly Lock gate = new();
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Dictionary<string, long> startValues = [];
    private IDisposable? guard;
    private bool begun;
    private bool ended;
    private bool restored;
    private readonly Queue<long> recent = new();

    private KnobSession(IEnumerable<IKnob> knobs, KnobSessionOptions options)
    {
        this.options = options;
        this.knobs = knobs.ToImmutableDictionary(knob => knob.Description.Id);
    }

    /// <summary>The knobs of the session.</summary>
    public IEnumerable<Knob> Knobs => knobs.Values.Select(knob => knob.Description);

    /// <summary>Opens a session. What an earlier one left behind, because it was killed, is put back first.</summary>
    /// <param name="knobs">The knobs to turn.</param>
    /// <param name="options">How.</param>
    /// <param name="problem">Why there is no session; null when there is one.</param>
    /// <returns>Null when another living process turns knobs, or another program does.</returns>
    public static KnobSession? Open(IEnumerable<IKnob> knobs, KnobSessionOptions options, out string? problem)
    {
        IKnob[] all = [.. knobs];
        problem = null;
        if (options.Release && all.Any(knob => knob.Description.BeyondProcess))
        {
            ImmutableArray<string> others = options.Force ? [] : KnobCatalog.OtherGovernors(options.Root);
            problem = others.IsEmpty ? RestoreFile.Recover(options.Root, options.RestorePath) : $"{string.Join(", ", others)} also set{(others.Length == 1 ? "s" : string.Empty)} clocks on this machine: stop it, or force the session.";
        }

        return problem is null ? new KnobSession(all, options) : null;
    }

    /// <summary>What the machine does now; null for an unknown knob, and where it cannot be read.</summary>
    public long? Read(string knob) => knobs.TryGetValue(knob, out IKnob? known) ? known.Read() : null;

    /// <summary>Turns a knob.</summary>
    /// <param name="knob">Its id.</param>
    /// <param name="wish">The value; the nearest one that the knob has is taken.</param>
    /// <exception cref="KeyNotFoundException">The session has no such knob.</exception>
    public KnobChange Write(string knob, long wish)
    {
        IKnob known = knobs.TryGetValue(knob, out IKnob? found) ? found : throw new KeyNotFoundException($"The session has no knob '{knob}'; it has {string.Join(", ", knobs.Keys)}.");
        long value = known.Description.Nearest(wish);
        if (known.Description.BeyondProcess && !options.Release)
        {
            return new KnobChange(knob, value, known.Read(), KnobOutcome.Dry);
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, this);
            if (restored)
            {
                return new KnobChange(knob, value, known.Read(), KnobOutcome.Dry, "a signal ended the session, and everything was put back");
            }

            long now = options.Clock.GetTimestamp();
            while (recent.TryPeek(out long oldest) && options.Clock.GetElapsedTime(oldest, now) >= TimeSpan.FromSeconds(1))
            {
                recent.Dequeue();
            }

            if (recent.Count >= options.WritesPerSecond)
            {
                return new KnobChange(knob, value, known.Read(), KnobOutcome.TooOften, $"more than {options.WritesPerSecond} writes a second");
            }

            Begin();
            recent.Enqueue(now);
            return known.Write(value);
        }
    }

    /// <summary>Puts everything back as it was. May be called more than once.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            ended = true;
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            AppDomain.CurrentDomain.UnhandledException -= OnExit;
            foreach (PosixSignalRegistration signal in signals)
            {
                signal.Dispose();
            }

            foreach ((string id, long value) in startValues)
            {
                knobs[id].Write(value);
            }

            if (begun && options.Release)
            {
                RestoreFile.Apply(options.Root, options.RestorePath);
            }

            guard?.Dispose();
        }
    }

    private void Begin()
    {
        if (begun)
        {
            return;
        }

        begun = true;
        foreach (IKnob knob in knobs.Values.Where(knob => !knob.Description.BeyondProcess))
        {
            startValues[knob.Description.Id] = knob.Read() ?? knob.Description.Most;
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        if (!options.Release)
        {
            return;
        }

        ImmutableArray<RestoreStep> steps = [.. knobs.Values.Where(knob => knob.Description.BeyondProcess).Reverse().SelectMany(knob => knob.Snapshot())];
        RestoreFile.Save(options.RestorePath, steps);
        guard = options.StartGuard?.Invoke(options.RestorePath);
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            signals.Add(PosixSignalRegistration.Create(signal, _ => RestoreNow()));
        }
    }

    // The program goes on for a moment after a signal: what it writes then would stay.
    private void RestoreNow()
    {
        lock (gate)
        {
            restored = true;
            RestoreFile.Apply(options.Root, options.RestorePath);
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();
}
