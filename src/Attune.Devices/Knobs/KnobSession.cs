using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attune.Devices.Files;

namespace Attune.Devices.Knobs;

/// <summary>
/// Turns knobs and puts them back. What undoes the writes is in a file, synced to the disk, before the first write, or nothing is written; it is done
/// when the session ends, on SIGTERM and SIGHUP, when the process
/// exits or dies of an exception, and by a guard process when this one is killed. Knobs beyond the process are only written when
/// <see cref="KnobSessionOptions.Release"/> says so. Thread-safe.
/// </summary>
public sealed class KnobSession : IDisposable
{
    private readonly KnobSessionOptions options;
    private readonly ImmutableDictionary<string, HeldKnob> knobs;
    private readonly Lock gate = new();
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Dictionary<string, long> startValues = [];
    private IDisposable? guard;
    private readonly Queue<long> recent = new();
    private bool begun;
    private bool isProtected;
    private bool ended;
    private bool restored;

    private KnobSession(IEnumerable<IKnob> knobs, KnobSessionOptions options)
    {
        this.options = options;
        this.knobs = knobs.ToImmutableDictionary(knob => knob.Description.Id, knob => new HeldKnob(knob));
    }

    /// <summary>The knobs of the session.</summary>
    public IEnumerable<Knob> Knobs => knobs.Values.Select(held => held.Knob.Description);

    /// <summary>
    /// Opens a session. What an earlier one left behind, because it was killed, is put back first. The reason when another living process turns knobs, or
    /// another program does, or what a killed one left behind cannot be put back.
    /// </summary>
    /// <param name="knobs">The knobs to turn.</param>
    /// <param name="options">How.</param>
    public static Result<KnobSession, string> Open(IEnumerable<IKnob> knobs, KnobSessionOptions options)
    {
        IKnob[] all = [.. knobs];
        if (options.Release && all.Any(IsOurs))
        {
            ImmutableArray<string> others = options.Force ? [] : KnobCatalog.OtherGovernors(options.Root);
            if (!others.IsEmpty)
            {
                string also = others.Length == 1 ? "also sets" : "also set";
                return $"{string.Join(", ", others)} {also} clocks on this machine: stop it, or force the session.";
            }

            if (RestoreFile.Recover(options.Root, options.RestorePath, options.Notify) is { } problem)
            {
                return problem;
            }
        }

        return new KnobSession(all, options);
    }

    /// <summary>What the machine does now; null for an unknown knob, and where it cannot be read.</summary>
    public long? Read(string knob) => knobs.TryGetValue(knob, out HeldKnob? known) ? known.Knob.Read() : null;

    /// <summary>Turns a knob and reads back at once, whatever it was turned to before: for whoever wants to know before going on.</summary>
    /// <param name="knob">Its id.</param>
    /// <param name="wish">The value; the nearest one that the knob has is taken.</param>
    /// <exception cref="KeyNotFoundException">The session has no such knob.</exception>
    public KnobChange Write(string knob, long wish)
    {
        HeldKnob held = Held(knob);
        long value = held.Knob.Description.Nearest(wish);
        if (held.Knob.Description.BeyondProcess && !options.Release)
        {
            return new KnobChange(knob, value, held.Knob.Read(), KnobOutcome.Dry);
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, this);
            return restored
                ? new KnobChange(knob, value, held.Knob.Read(), KnobOutcome.Dry, "a signal ended the session, and everything was put back")
                : Turn(held, value) ?? held.Knob.ReadBack(value);
        }
    }

    /// <summary>
    /// Turns a knob where it does not stand there already, and does not read back: for whoever turns often and looks later, with <see cref="ReadBack"/>. Costs
    /// the system's write, or nothing; allocates nothing when all is well. Sessions that are dry, or over, write nothing and say nothing.
    /// </summary>
    /// <param name="knob">Its id.</param>
    /// <param name="value">One of the knob's values.</param>
    /// <returns>Null when all is well, else what went wrong.</returns>
    /// <exception cref="KeyNotFoundException">The session has no such knob.</exception>
    public KnobChange? Turn(string knob, long value)
    {
        HeldKnob held = Held(knob);
        if (held.Knob.Description.BeyondProcess && !options.Release)
        {
            return null;
        }

        lock (gate)
        {
            // Whoever still runs stages while the process ends must neither turn anything nor fall over it.
            return ended || restored || held.Asked == value ? null : Turn(held, value);
        }
    }

    /// <summary>True when turning a knob reaches the machine; false in a dry session.</summary>
    /// <param name="knob">Its id.</param>
    /// <exception cref="KeyNotFoundException">The session has no such knob.</exception>
    public bool Writes(string knob) => options.Release || !Held(knob).Knob.Description.BeyondProcess;

    /// <summary>Compares what the machine does with what a knob was turned to last. Knobs may be turned meanwhile.</summary>
    /// <param name="knob">Its id.</param>
    /// <returns>Null when it was never turned, was refused, or was turned while this looked.</returns>
    /// <exception cref="KeyNotFoundException">The session has no such knob.</exception>
    public KnobChange? ReadBack(string knob)
    {
        HeldKnob held = Held(knob);
        long asked;
        long turns;
        lock (gate)
        {
            if (held.Asked is not { } value || restored || ended)
            {
                return null;
            }

            (asked, turns) = (value, held.Turns);
        }

        KnobChange change = held.Knob.ReadBack(asked);
        lock (gate)
        {
            return held.Turns == turns && !restored && !ended ? change : null;
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

            // What other processes feel comes first: nothing else may keep it from being put back.
            if (isProtected)
            {
                Tell(RestoreFile.Apply(options.Root, options.RestorePath));
            }

            foreach ((string id, long value) in startValues)
            {
                knobs[id].Knob.Turn(value);
            }

            guard?.Dispose();
            foreach (HeldKnob held in knobs.Values)
            {
                (held.Knob as IDisposable)?.Dispose();
            }
        }
    }

    // What this session must be able to put back, whatever happens to it.
    private static bool IsOurs(IKnob knob) => knob.Description.BeyondProcess && !knob.IsRestoredElsewhere;

    private HeldKnob Held(string knob) =>
        knobs.TryGetValue(knob, out HeldKnob? held)
            ? held
            : throw new KeyNotFoundException($"The session has no knob '{knob}'; it has {string.Join(", ", knobs.Keys)}.");

    private KnobChange? Turn(HeldKnob held, long value)
    {
        long now = options.Clock.GetTimestamp();
        while (recent.TryPeek(out long oldest) && options.Clock.GetElapsedTime(oldest, now) >= TimeSpan.FromSeconds(1))
        {
            recent.Dequeue();
        }

        if (recent.Count >= options.WritesPerSecond)
        {
            return new KnobChange(
                held.Knob.Description.Id, value, held.Knob.Read(), KnobOutcome.TooOften, $"more than {options.WritesPerSecond} writes a second");
        }

        // Attempts count, so that a client cannot make a file that cannot be written be tried without end.
        recent.Enqueue(now);
        Begin();
        if (IsOurs(held.Knob) && (Protect() ?? Unsaved(held)) is { } unprotected)
        {
            return new KnobChange(held.Knob.Description.Id, value, held.Knob.Read(), KnobOutcome.Refused, unprotected);
        }

        KnobChange? trouble = held.Knob.Turn(value);
        held.Asked = trouble is null ? value : null;
        held.Turns++;
        return trouble;
    }

    private void Begin()
    {
        if (begun)
        {
            return;
        }

        foreach (IKnob knob in knobs.Values.Select(held => held.Knob).Where(knob => !knob.Description.BeyondProcess))
        {
            startValues[knob.Description.Id] = knob.Read() ?? knob.Description.Max;
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        begun = true;
    }

    /// <summary>Saves what puts our knobs back, and has it watched over. Until that has succeeded nothing beyond the process is written.</summary>
    /// <returns>Why there is no protection; null when there is.</returns>
    private string? Protect()
    {
        if (isProtected)
        {
            return null;
        }

        (HeldKnob Held, ImmutableArray<RestoreStep> Steps)[] ours =
            [.. knobs.Values.Where(held => IsOurs(held.Knob)).Reverse().Select(held => (held, held.Knob.Snapshot()))];
        if (RestoreFile.Save(options.RestorePath, [.. ours.SelectMany(knob => knob.Steps)]) is { } problem)
        {
            return problem;
        }

        try
        {
            guard = options.StartGuard?.Invoke(options.RestorePath);
        }
        catch (Exception failed) when (
            failed is InvalidOperationException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            // Nothing has been turned yet, so there is nothing to put back.
            string left = PrivateFile.Delete(options.RestorePath) is { } refusal ? $" ({refusal})" : string.Empty;
            return $"the process that would put knobs back after a kill does not start: {failed.Message}{left}";
        }

        isProtected = true;
        foreach ((HeldKnob held, ImmutableArray<RestoreStep> steps) in ours)
        {
            held.IsSaved = !steps.IsEmpty;
        }

        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            signals.Add(PosixSignalRegistration.Create(signal, _ => RestoreNow()));
        }

        return null;
    }

    // A device that was away when the file was written may come back: what it stood at is not known.
    private static string? Unsaved(HeldKnob held) => held.IsSaved
        ? null
        : $"{held.Knob.Description.Id} could not be read before the first knob was turned, so it could not be put back";

    // The program goes on for a moment after a signal: what it writes then would stay.
    private void RestoreNow()
    {
        lock (gate)
        {
            restored = true;
            Tell(RestoreFile.Apply(options.Root, options.RestorePath));
        }
    }

    private void Tell(RestoreReport report)
    {
        foreach (string sentence in report.Sentences)
        {
            options.Notify?.Invoke(sentence);
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();

    private sealed class HeldKnob(IKnob knob)
    {
        public IKnob Knob { get; } = knob;

        /// <summary>What the system took last; null when it was never turned, or refused the latest.</summary>
        public long? Asked { get; set; }

        public long Turns { get; set; }

        /// <summary>True when the restore file says how to put it back.</summary>
        public bool IsSaved { get; set; }
    }
}
