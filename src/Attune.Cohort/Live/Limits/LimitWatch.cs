using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Live.Limits;

/// <summary>
/// Reads clocks back and temperatures while a cohort runs, and takes what cannot be had out of the controller's choice. Reading and building tables happen on a
/// timer, away from the cohort's lock and its stages; the cohort only takes over the result. Thread-safe. Dispose ends it.
/// </summary>
internal sealed class LimitWatch : IDisposable
{
    private readonly RunningCohort cohort;
    private readonly KnobActuator actuator;
    private readonly ThermalSensors? sensors;
    private readonly RunningCohortOptions options;
    private readonly MachineLimits limits;
    private readonly ImmutableArray<string> turned;
    private readonly object gate = new();
    private readonly long start;
    private readonly ITimer timer;
    private TimeSpan? thermal;
    private bool ended;

    public LimitWatch(RunningCohort cohort, KnobActuator actuator, RunningCohortOptions options)
    {
        this.cohort = cohort;
        this.actuator = actuator;
        this.options = options;
        sensors = options.Thermal;
        turned = actuator.Turned;
        limits = new MachineLimits(cohort.Setup, turned, options.Limits);
        start = options.Clock.GetTimestamp();
        timer = options.Clock.CreateTimer(_ => Look(), null, options.Limits.Interval, options.Limits.Interval);
    }

    private TimeSpan Now => options.Clock.GetElapsedTime(start);

    /// <summary>Everything so far.</summary>
    public LimitFigures Figures()
    {
        lock (gate)
        {
            return limits.Figures(Now);
        }
    }

    /// <summary>Forgets what came before.</summary>
    public void Reset()
    {
        lock (gate)
        {
            limits.Reset(Now);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            ended = true;
        }
    }

    /// <summary>Looks once. A look that takes longer than the interval is not joined by the next one.</summary>
    internal void Look()
    {
        if (!Monitor.TryEnter(gate))
        {
            return;
        }

        try
        {
            if (ended)
            {
                return;
            }

            foreach (string told in Read(Now))
            {
                options.Notify?.Invoke(told);
            }

            if (limits.Update())
            {
                cohort.Limit(SettingLimits.Of(cohort.Setup, limits.Removed));
            }
        }
        finally
        {
            Monitor.Exit(gate);
        }

        // A write that the system refused, or that came too soon after many others, is tried again.
        actuator.Repeat();
    }

    private List<string> Read(TimeSpan now)
    {
        var told = new List<string>();
        for (int knob = 0; knob < cohort.Setup.Knobs.Length; knob++)
        {
            string id = cohort.Setup.Knobs[knob].Id;
            if (turned.Contains(id) && limits.Look(knob, options.Knobs!.ReadBack(id), now) is { } happened)
            {
                told.Add(happened);
            }
        }

        if (sensors is not null && (thermal is not { } last || now - last >= options.Limits.ThermalInterval))
        {
            thermal = now;
            if (limits.Look(sensors.Nearest(), now) is { } heat)
            {
                told.Add(heat);
            }
        }

        return told;
    }
}
