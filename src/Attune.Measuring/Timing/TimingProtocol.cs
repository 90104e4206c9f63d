using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Measuring.Timing;

/// <summary>
/// Times a kernel by racing it against the best known time (tuning.md 1.9): two or three warm-up runs, then repeats of a fixed number of runs. Stops when the
/// median's 95 % interval is narrow enough, when the budget is spent, when the candidate is clearly slower than the best (futility: still a valid training
/// label), or at once when a single warm run is several times slower. All repeats are kept.
/// </summary>
internal sealed class TimingProtocol(MeasureOptions options)
{
    private const int WarmUps = 3;
    private const double Settled = 0.05;

    // One cold run carries page faults and cache misses of first use; only a gross excess decides alone.
    private const double ColdAllowance = 4;

    // A repeat that came out shorter than asked is enlarged by at least the golden ratio, as TVM's time_evaluator does.
    private const double Growth = 1.618;

    /// <summary>Times a kernel.</summary>
    /// <param name="run">Runs it so many times and tells the milliseconds of all of them.</param>
    /// <param name="bestMs">Best time so far, milliseconds, or null.</param>
    public KernelTiming Measure(Func<int, double> run, double? bestMs)
    {
        double cut = bestMs * options.CutFactor ?? double.PositiveInfinity;
        double warm = run(1);
        if (warm > cut * ColdAllowance)
        {
            return new KernelTiming([warm], warm, CutShort: true);
        }

        for (int i = 1; i < WarmUps; i++)
        {
            double previous = warm;
            warm = run(1);
            if (warm > cut)
            {
                return new KernelTiming([warm], warm, CutShort: true);
            }

            // A long run needs no third one: what is cold at its start does not matter to it.
            if (Math.Abs(warm - previous) <= Settled * previous || warm >= options.MinRepeatMs)
            {
                break;
            }
        }

        return Repeat(run, bestMs, options.Number > 0 ? options.Number : NumberFor(warm));
    }

    private KernelTiming Repeat(Func<int, double> run, double? bestMs, int number)
    {
        double futile = bestMs * options.FutilityFactor ?? double.PositiveInfinity;
        ImmutableArray<double>.Builder times = ImmutableArray.CreateBuilder<double>();
        double spent = 0;
        while (times.Count < options.MaxRepeats)
        {
            double elapsed = run(number);
            spent += elapsed;
            if (options.Number == 0 && elapsed < options.MinRepeatMs && times.Count == 0 && number < int.MaxValue / 4)
            {
                number = Math.Max((int)Math.Ceiling(number * Growth), NumberFor(elapsed / number));
                continue;
            }

            times.Add(elapsed / number);
            if (times.Count < options.MinRepeats)
            {
                continue;
            }

            double median = Quantiles.Median(times);
            double error = RobustStatistics.Deviation(times) / Math.Sqrt(times.Count);
            if (times.Count > 2 && median - (2 * error) > futile)
            {
                return new KernelTiming(times.ToImmutable(), median, CutShort: true);
            }

            if (spent >= options.BudgetMs || (times.Count > 2 && RobustStatistics.HalfWidth(times) <= options.Precision * median))
            {
                break;
            }
        }

        return new KernelTiming(times.ToImmutable(), Quantiles.Median(times), CutShort: false);
    }

    private int NumberFor(double runMs) => (int)Math.Clamp(Math.Ceiling(options.MinRepeatMs / Math.Max(runMs, 1e-6)), 1, 10_000_000);
}
