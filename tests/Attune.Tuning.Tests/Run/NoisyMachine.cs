using System.Collections.Immutable;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

/// <summary>
/// A simulated machine on which models take their time, times what the moment adds. The clock goes on by what they take; the seed decides all chance.
/// </summary>
internal sealed class NoisyMachine(Noise noise, int seed)
{
    private readonly Random random = new(seed);
    private double phaseEnds;
    private double phase = 1;

    public ManualClock Clock { get; } = new();

    public List<string> Order { get; } = [];

    private double Now => Clock.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalSeconds;

    public ITimedModel Model(string name, double milliseconds, params ImmutableArray<double> stepShares) => new Simulated(this, name, milliseconds, stepShares);

    private double Factor() => noise switch
    {
        Noise.None => 1,
        Noise.Jitter => Jitter(0.05),
        Noise.Drift => (1 + (0.2 * Now)) * Jitter(0.02),
        Noise.Bursts => Jitter(0.02) * (random.NextDouble() < 0.15 ? 1.2 + (3 * random.NextDouble()) : 1),
        Noise.Phases => Phase() * Jitter(0.03),
        Noise.SlowFromHalfway => (Now < 2 ? 1 : 2) * Jitter(0.03),
        _ => throw new InvalidOperationException($"{noise}"),
    };

    private double Jitter(double deviation) =>
        Math.Exp(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private double Phase()
    {
        if (Now >= phaseEnds)
        {
            phase = phase > 1 ? 1 : 1.6;
            phaseEnds = Now - (0.7 * Math.Log(1 - random.NextDouble()));
        }

        return phase;
    }

    private sealed class Simulated(NoisyMachine machine, string name, double milliseconds, ImmutableArray<double> stepShares) : ITimedModel
    {
        public RunBlock Run(int runs)
        {
            machine.Order.Add(name);
            double ms = milliseconds * machine.Factor();
            machine.Clock.Advance(TimeSpan.FromMilliseconds(ms * (runs + 1)));
            return new RunBlock(ms, [.. stepShares.Select(share => share * ms)]);
        }
    }
}

/// <summary>What a simulated machine suffers from.</summary>
internal enum Noise
{
    None,
    Jitter,
    Drift,
    Bursts,
    Phases,
    SlowFromHalfway,
}
