using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Attune.Numerics;

namespace Attune.Bench.Design;

/// <summary>Times searches over designs, all cases in turns, and prints Markdown. Exit code 1 when a target is missed.</summary>
internal static class Program
{
    private const int Usage = 2;
    private const int UsualRounds = 9;
    private const double NeuralShare = 0.01;

    private static int Main(string[] arguments)
    {
        int rounds = UsualRounds;
        if (arguments.Length > 0 && (arguments is not ["--rounds", var text] || !int.TryParse(text, CultureInfo.InvariantCulture, out rounds) || rounds < 1))
        {
            Console.Error.WriteLine("Usage: bench/design/run [--rounds N]   N runs of every case, in turns; at least 1. Markdown goes to stdout.");
            return Usage;
        }

        ImmutableArray<DesignCase> units = UnitCases.All();
        ImmutableArray<DesignCase> cases = [.. units, .. NeuralCases.All()];
        double[][] times = Measure(cases, rounds, out double[] bytes);
        Console.WriteLine("| work | of one | fastest, µs | median, µs | slowest, µs | a second (median) | bytes allocated | target, µs | kept |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|---|");
        bool kept = true;
        for (int i = 0; i < cases.Length; i++)
        {
            double[] ordered = [.. times[i].Order()];
            double median = Quantiles.Of(ordered, 0.5);
            bool limited = double.IsFinite(cases[i].LimitMicroseconds);
            kept &= median <= cases[i].LimitMicroseconds;
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {cases[i].Name} | {cases[i].Unit} | {ordered[0]:0.###} | {median:0.###} | {ordered[^1]:0.###} "
                    + $"| {1e6 / median:0} | {bytes[i]:0} | {(limited ? cases[i].LimitMicroseconds.ToString("0", CultureInfo.InvariantCulture) : "-")} | "
                    + $"{(limited ? median <= cases[i].LimitMicroseconds ? "yes" : "no" : "-")} |"));
        }

        double[] shares = [.. Enumerable.Range(0, rounds).Select(round => Share(times, units.Length, round)).Order()];
        double middle = Quantiles.Of(shares, 0.5);
        bool share = middle <= NeuralShare;
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A neural query's share of the search's time, {NeuralCases.BudgetsPerDevice} budgets on "
            + $"a device: median {middle:0.0000} ({shares[0]:0.0000} to {shares[^1]:0.0000}), target {NeuralShare}: {(share ? "kept" : "missed")}."));
        return kept && share ? 0 : 1;
    }

    private static double Share(double[][] times, int start, int round) =>
        (times[start + NeuralCases.First][round] + ((NeuralCases.BudgetsPerDevice - 1) * times[start + NeuralCases.Further][round]))
        / NeuralCases.BudgetsPerDevice
        / times[start + NeuralCases.Search][round];

    private static double[][] Measure(ImmutableArray<DesignCase> cases, int rounds, out double[] bytes)
    {
        double[][] times = [.. cases.Select(_ => new double[rounds])];
        bytes = new double[cases.Length];

        // The first rounds compile and are not counted.
        const int Warming = 2;
        for (int round = -Warming; round < rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                cases[i].Run();
                double elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                if (round >= 0)
                {
                    times[i][round] = elapsed / cases[i].Units;
                    bytes[i] = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / cases[i].Units;
                }
            }
        }

        return times;
    }
}
