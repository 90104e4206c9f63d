using System.Collections.Immutable;
using Attune.Numerics;
using Attune.Tuning.Recorded;

namespace Attune.Tuning.Comparison;

/// <summary>Turns searches into scores, bands, ranks and paired tests. Pure.</summary>
internal static class RaceStatistics
{
    /// <summary>Reports on searches: every combination of space, searcher and seed once.</summary>
    public static TunerBenchmarkReport Report(ImmutableArray<BenchmarkSpace> spaces, TunerBenchmarkOptions options, ImmutableArray<TunerRace> races)
    {
        ImmutableArray<int> checkpoints = options.Reported;
        string[] tuners = [.. options.Tuners.Select(tuner => tuner.Label)];
        ILookup<(string Space, string Tuner), TunerRace> cells = races.ToLookup(race => (race.Space, race.Tuner));
        var scores = ImmutableArray.CreateBuilder<TunerScore>();
        var random = ImmutableArray.CreateBuilder<TunerScore>();
        foreach (BenchmarkSpace space in spaces)
        {
            foreach (string tuner in tuners)
            {
                TunerRace[] cell = [.. cells[(space.Name, tuner)]];
                scores.AddRange(checkpoints.Select(trials => TunerComparison.Score(cell, trials)));
            }

            random.AddRange(checkpoints.Select(trials =>
            {
                double expected = RandomExpectation.At(space.Device, trials);
                return new TunerScore(space.Name, "random, exact", trials, expected, 0, 0, expected, expected);
            }));
        }

        var means = ImmutableArray.CreateBuilder<TunerMean>();
        var duels = ImmutableArray.CreateBuilder<TunerDuel>();
        foreach (int trials in checkpoints)
        {
            double[][][] values = [.. tuners.Select(
                tuner => spaces.Select(space => cells[(space.Name, tuner)].Select(race => race.At(trials)).ToArray()).ToArray())];
            double[] ranks = MeanRanks([.. values.Select(byDevice => byDevice.SelectMany(device => device).ToArray())]);
            for (int i = 0; i < tuners.Length; i++)
            {
                (double low, double high) = BootstrapBand.OfMean(values[i]);
                means.Add(new TunerMean(tuners[i], trials, values[i].Average(device => device.Average()), low, high, ranks[i]));
            }

            duels.AddRange(Duels(tuners, [.. values.Select(byDevice => byDevice.SelectMany(device => device).ToArray())], trials));
        }

        ImmutableArray<TunerCost> costs = [.. tuners.Select(tuner => Cost(tuner, [.. races.Where(race => race.Tuner == tuner)]))];
        return new TunerBenchmarkReport(scores.ToImmutable(), means.ToImmutable(), duels.ToImmutable(), costs, random.ToImmutable(), races);
    }

    /// <summary>Mean rank per searcher, 1 the best; values[searcher][pair], equal values share the mean of their ranks.</summary>
    internal static double[] MeanRanks(double[][] values)
    {
        int pairs = values[0].Length;
        double[][] ranks = [.. Enumerable.Range(0, pairs).Select(pair => Ranks.Of([.. values.Select(own => -own[pair])]))];
        return [.. Enumerable.Range(0, values.Length).Select(i => ranks.Average(ofPair => ofPair[i]))];
    }

    private static TunerDuel[] Duels(string[] tuners, double[][] values, int trials)
    {
        var duels = new List<TunerDuel>();
        for (int i = 0; i < tuners.Length; i++)
        {
            for (int j = i + 1; j < tuners.Length; j++)
            {
                double[] differences = [.. values[i].Zip(values[j], (first, second) => first - second)];
                duels.Add(new TunerDuel(
                    tuners[i],
                    tuners[j],
                    trials,
                    differences.Average(),
                    differences.Count(difference => difference > 0),
                    differences.Count(difference => difference == 0),
                    differences.Length,
                    PairedTest.SignFlip(differences),
                    1));
            }
        }

        double[] adjusted = PairedTest.Holm([.. duels.Select(duel => duel.P)]);
        return [.. duels.Select((duel, i) => duel with { AdjustedP = adjusted[i] })];
    }

    private static TunerCost Cost(string tuner, TunerRace[] races)
    {
        double trials = races.Sum(race => race.Curve.Length);
        int[] reached = [.. races.Select(race => race.Curve.TakeWhile(merit => merit < TunerCost.Near).Count() + 1)];
        return new TunerCost(
            tuner,
            races.Average(race => race.DeviceSeconds),
            1000 * races.Sum(race => race.ThinkingSeconds) / trials,
            races.Sum(race => race.Failures) / trials,
            races.Zip(reached, (race, at) => (double)Math.Min(at, race.Curve.Length)).Average(),
            races.Zip(reached, (race, at) => at <= race.Curve.Length ? 1.0 : 0).Average());
    }
}
