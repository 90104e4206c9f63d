using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Attune.Numerics;

namespace Attune.Bench.Thinking;

/// <summary>Times what tuners do between measurements, all cases in turns, and prints Markdown. Exit code 1 when a budget is not kept.</summary>
internal static class Program
{
    private const int Usage = 2;
    private const int UsualRounds = 15;

    private static int Main(string[] arguments)
    {
        int rounds = UsualRounds;
        if (arguments.Length > 0 && (arguments is not ["--rounds", var text] || !int.TryParse(text, CultureInfo.InvariantCulture, out rounds) || rounds < 1))
        {
            Console.Error.WriteLine("Usage: bench/thinking/run [--rounds N]   N runs of every case, in turns; at least 1. Markdown goes to stdout.");
            return Usage;
        }

        ImmutableArray<ThinkingCase> cases = ThinkingCases.All();
        var times = cases.Select(_ => new List<double>()).ToArray();

        // The first round compiles and is not counted.
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                Action run = cases[i].Prepare();
                long start = Stopwatch.GetTimestamp();
                run();
                double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds / cases[i].Units;
                if (round > 0)
                {
                    times[i].Add(ms);
                }
            }
        }

        bool kept = true;
        Console.WriteLine("| work | fastest, ms | median, ms | budget, ms | kept |");
        Console.WriteLine("|---|--:|--:|--:|---|");
        for (int i = 0; i < cases.Length; i++)
        {
            double[] ordered = [.. times[i].Order()];
            double median = Quantiles.Of(ordered, 0.5);
            bool within = median <= cases[i].LimitMs;
            kept &= within;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {cases[i].Name} | {ordered[0]:0.00} | {median:0.00} | "
                + $"{(double.IsFinite(cases[i].LimitMs) ? cases[i].LimitMs.ToString("0", CultureInfo.InvariantCulture) : "-")} | {(within ? "yes" : "no")} |"));
        }

        return kept ? 0 : 1;
    }
}
