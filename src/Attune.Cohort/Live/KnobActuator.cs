using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Live;

/// <summary>
/// Turns the machine's knobs to the setting that was decided last. Deciding happens under the cohort's lock and only says what is wanted; turning happens
/// outside of it, on the thread that has something to run, so that other members' boundaries never wait for a file. Only knobs that differ are written. Whoever
/// comes while another thread turns goes on at once: that one sees to the newest wish. Thread-safe.
/// </summary>
internal sealed class KnobActuator
{
    private const int Nothing = -3;
    private readonly KnobSession? session;
    private readonly (string Id, long[] Values, long Min)[] knobs;
    private readonly TimeProvider clock;
    private readonly Action<string>? notify;
    private readonly HashSet<string> troubled = [];
    private readonly Lock turning = new();
    private volatile int wanted = Nothing;
    private volatile int done = Nothing;
    private bool incomplete;
    private long stageTicks;
    private long restTicks;

    /// <summary>Prepares the values of every setting.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="session">Its knobs besides the number of threads; null for none.</param>
    /// <param name="clock">Time.</param>
    /// <param name="notify">Told once for each knob that makes trouble.</param>
    public KnobActuator(CohortSetup setup, KnobSession? session, TimeProvider clock, Action<string>? notify)
    {
        this.session = session;
        this.clock = clock;
        this.notify = notify;
        Knob[] there = [.. session?.Knobs ?? []];
        knobs = [.. setup.Knobs.Index().Select(
            knob => (knob.Index, Knob: there.FirstOrDefault(each => each.Id == knob.Item.Id))).Where(knob => knob.Knob is not null)
            .Select(knob => (knob.Knob!.Id, Enumerable.Range(0, setup.Settings).Select(
                setting => knob.Knob.Nearest((long)setup.ValuesOf(setting)[knob.Index])).ToArray(), knob.Knob.Min))];
    }

    /// <summary>Knobs that settings really turn.</summary>
    public ImmutableArray<string> Turned => [.. knobs.Select(knob => knob.Id).Where(id => session!.Writes(id))];

    /// <summary>True while the knobs are not where they are wanted.</summary>
    public bool IsBehind => wanted != done;

    /// <summary>Time that turning took before stages, microseconds.</summary>
    public double StageUs => clock.GetElapsedTime(0, Interlocked.Read(ref stageTicks)).TotalMicroseconds;

    /// <summary>Time that turning to rest took, when no job waited, microseconds.</summary>
    public double RestUs => clock.GetElapsedTime(0, Interlocked.Read(ref restTicks)).TotalMicroseconds;

    /// <summary>
    /// Says which setting is to be in force; <see cref="StageChoice.Rest"/> for the least value of every knob. Called under the cohort's lock; turns nothing.
    /// </summary>
    public void Want(int setting)
    {
        if (knobs.Length > 0)
        {
            wanted = setting;
        }
    }

    /// <summary>Turns what is wanted. Called without the cohort's lock.</summary>
    public void Settle()
    {
        while (IsBehind && turning.TryEnter())
        {
            try
            {
                while (wanted is var target && target != done)
                {
                    long began = clock.GetTimestamp();
                    Turn(target);
                    done = target;
                    Interlocked.Add(ref target == StageChoice.Rest ? ref restTicks : ref stageTicks, clock.GetTimestamp() - began);
                }
            }
            finally
            {
                turning.Exit();
            }
        }
    }

    /// <summary>Turns again what did not work.</summary>
    public void Repeat()
    {
        lock (turning)
        {
            if (incomplete && !IsBehind)
            {
                Turn(done);
            }
        }

        Settle();
    }

    private void Turn(int target)
    {
        incomplete = false;
        foreach ((string id, long[] values, long min) in knobs)
        {
            if (session!.Turn(id, target == StageChoice.Rest ? min : values[target]) is not { } trouble)
            {
                continue;
            }

            incomplete = true;
            if (troubled.Add(id))
            {
                notify?.Invoke($"knob {id}: {trouble.Outcome.ToString().ToLowerInvariant()}{(trouble.Message is { } message ? $", {message}" : string.Empty)}");
            }
        }
    }
}
