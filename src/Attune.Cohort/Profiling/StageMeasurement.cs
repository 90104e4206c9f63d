using System.Collections.Immutable;
using Attune.Cohort.Live;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Numerics;

namespace Attune.Cohort.Profiling;

/// <summary>Times and energies of all stages at all settings in all variants. Used once.</summary>
internal sealed class StageMeasurement(StagedNetwork network, ThreadTeam team, ImmutableArray<int> threads, KnobSweep sweep, ProfilingOptions options)
{
    private const int Discarded = 3;
    private readonly ImmutableArray<string>.Builder notes = ImmutableArray.CreateBuilder<string>();

    /// <summary>What the user should know.</summary>
    public ImmutableArray<string> Notes => notes.ToImmutable();

    /// <summary>Power at rest, milliwatts; null where no meter tells.</summary>
    public double? RestPowerMw { get; private set; }

    public ImmutableArray<ProfileSetting> Run(CancellationToken cancellation)
    {
        RestPowerMw = Rest(cancellation);
        var settings = ImmutableArray.CreateBuilder<ProfileSetting>();
        foreach (ImmutableArray<long> point in sweep.Points)
        {
            double[] effective = Turn(point);
            var times = new Samples[threads.Length, network.Variants];
            Time(times, $"{settings.Count + 1} of {sweep.Points.Length * threads.Length} settings", cancellation);
            for (int count = 0; count < threads.Length; count++)
            {
                settings.Add(new ProfileSetting(
                    [threads[count], .. effective],
                    [.. Enumerable.Range(0, network.Variants).Select(variant => Costs(times[count, variant], threads[count], variant, cancellation))])
                { IdlePowerMw = RestPowerMw });
            }
        }

        return settings.ToImmutable();
    }

    /// <summary>Turns the knobs; what the machine then does, and not what was asked for, is the setting.</summary>
    private double[] Turn(ImmutableArray<long> point)
    {
        var effective = new double[point.Length];
        for (int i = 0; i < point.Length; i++)
        {
            KnobChange change = options.Knobs!.Write(sweep.Knobs[i].Id, point[i]);
            effective[i] = change.Outcome == KnobOutcome.Dry ? point[i] : change.Effective ?? point[i];
            if (change.Outcome is not KnobOutcome.Applied)
            {
                notes.Add($"knob {change.Knob} at {change.Asked}: "
                    + $"{change.Outcome.ToString().ToLowerInvariant()}{(change.Message is { } message ? $", {message}" : string.Empty)}");
            }
        }

        return effective;
    }

    private void Time(Samples[,] samples, string where, CancellationToken cancellation)
    {
        int variants = network.Variants;
        var order = new (int Threads, int Variant)[threads.Length * variants];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (i / variants, i % variants);
            samples[i / variants, i % variants] = new Samples(network.Stages);
        }

        var random = new Random(options.Seed);
        for (int run = -Discarded; run < options.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            options.Progress?.Invoke($"profile  {where}, run {Math.Max(0, run)} of {options.Runs}");
            random.Shuffle(order);
            foreach ((int count, int variant) in order)
            {
                network.Begin([]);
                for (int stage = 0; stage < network.Stages; stage++)
                {
                    long began = options.Clock.GetTimestamp();
                    network.Run(stage, variant, team, threads[count]);
                    double us = options.Clock.GetElapsedTime(began).TotalMicroseconds;
                    if (run >= 0)
                    {
                        samples[count, variant].Stages[stage].Add(us);
                    }
                }
            }
        }
    }

    private StageTimes Costs(Samples samples, int count, int variant, CancellationToken cancellation)
    {
        double[] medians = [.. samples.Stages.Select(stage => Math.Max(1e-3, Quantiles.Median(stage)))];
        double[] energies = options.Meter is null ? [] : Energy(medians, count, variant, cancellation);
        return new StageTimes([.. medians])
        {
            StageP95Us = [.. samples.Stages.Zip(medians, (stage, median) => Math.Max(median, Quantiles.NearestRank([.. stage.Order()], 0.95)))],
            StageMilliJoules = [.. energies],
        };
    }

    /// <summary>Energy of a whole run, from a window of runs back to back, shared out by time: sensors are slower than stages (design paper, 4.3).</summary>
    private double[] Energy(double[] medians, int count, int variant, CancellationToken cancellation)
    {
        double total = medians.Sum();
        if (options.Meter is EstimatedMeter)
        {
            (double thread, double rest) = EstimatedMeter.UsualMilliwatts;
            return [.. medians.Select(us => us * 1e-6 * ((count * thread) + rest))];
        }

        double? before = options.Meter!.MilliJoules();
        long start = options.Clock.GetTimestamp();
        int runs = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            network.Begin([]);
            for (int stage = 0; stage < network.Stages; stage++)
            {
                network.Run(stage, variant, team, count);
            }

            runs++;
        }
        while (options.Clock.GetElapsedTime(start) < options.EnergyWindow);
        double? energy = (options.Meter.MilliJoules() - before) / runs;
        if (energy is null)
        {
            notes.Add($"the meter {options.Meter.Name} vanished: energies from then on are 0");
        }

        return [.. medians.Select(us => (energy ?? 0) * us / total)];
    }

    private double? Rest(CancellationToken cancellation)
    {
        if (options.Meter is null or EstimatedMeter)
        {
            return options.Meter is null ? null : EstimatedMeter.UsualMilliwatts.Idle;
        }

        double? before = options.Meter.MilliJoules();
        long start = options.Clock.GetTimestamp();
        cancellation.WaitHandle.WaitOne(options.EnergyWindow);
        return (options.Meter.MilliJoules() - before) / options.Clock.GetElapsedTime(start).TotalSeconds;
    }

    private sealed class Samples(int stages)
    {
        public List<double>[] Stages { get; } = [.. Enumerable.Range(0, stages).Select(_ => new List<double>())];
    }
}
