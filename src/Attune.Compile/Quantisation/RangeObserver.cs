using Attune.Passes.Quantised;

namespace Attune.Compile.Quantisation;

/// <summary>
/// What calibration sees of one value. All numbers are shown once, for their extremes, and for methods that need more a second time, for a histogram between
/// them. Not thread-safe.
/// </summary>
internal sealed class RangeObserver
{
    /// <summary>Cells of the histogram.</summary>
    public const int Bins = 2048;

    // Ranges from all of what was seen down to a hundredth of it.
    private const int Candidates = 100;

    private readonly long[] counts = new long[Bins];

    /// <summary>From the least to the greatest number seen, and zero.</summary>
    public ValueRange Extremes { get; private set; }

    /// <summary>False once a number was infinite or none.</summary>
    public bool IsFinite { get; private set; } = true;

    /// <summary>Takes numbers into the extremes.</summary>
    public void See(ReadOnlySpan<float> numbers)
    {
        (float low, float high) = (Extremes.Low, Extremes.High);
        foreach (float number in numbers)
        {
            low = Math.Min(low, number);
            high = Math.Max(high, number);
        }

        // Min and Max hand on what is no number.
        IsFinite &= float.IsFinite(low) && float.IsFinite(high) && float.IsFinite(high - low);
        Extremes = new ValueRange(low, high);
    }

    /// <summary>Takes numbers within the extremes into the histogram.</summary>
    public void Count(ReadOnlySpan<float> numbers)
    {
        double scale = Bins / Math.Max(float.Epsilon, (double)Extremes.High - Extremes.Low);
        foreach (float number in numbers)
        {
            counts[(int)Math.Clamp((number - (double)Extremes.Low) * scale, 0, Bins - 1)]++;
        }
    }

    /// <summary>The range that a method chooses.</summary>
    public ValueRange Choose(QuantiserOptions options) => options.Method switch
    {
        CalibrationMethod.Percentile => Percentile(options.Percentile / 100),
        CalibrationMethod.MeanSquareError => LeastError(),
        _ => Extremes,
    };

    // Ends lie on edges of cells, so that no more is cut off than asked for.
    private ValueRange Percentile(double share)
    {
        long total = counts.Sum();
        double mayGo = (1 - share) * total;
        int first = 0;
        for (double gone = counts[0]; first < Bins - 1 && gone <= mayGo; gone += counts[first])
        {
            first++;
        }

        int last = Bins;
        for (double gone = counts[Bins - 1]; last > 1 && gone <= mayGo; gone += counts[last - 1])
        {
            last--;
        }

        return new ValueRange((float)Math.Min(0, Edge(first)), (float)Math.Max(0, Edge(last)));
    }

    private ValueRange LeastError()
    {
        ValueRange best = Extremes;
        double least = double.PositiveInfinity;
        for (int candidate = Candidates; candidate > 0; candidate--)
        {
            float share = (float)candidate / Candidates;
            var range = new ValueRange(Extremes.Low * share, Extremes.High * share);
            ByteScale bytes = range.Bytes();
            double error = 0;
            for (int bin = 0; bin < Bins; bin++)
            {
                double middle = (Edge(bin) + Edge(bin + 1)) / 2;
                double off = middle - bytes.Dequantise(bytes.Quantise((float)middle));
                error += counts[bin] * off * off;
            }

            if (error < least)
            {
                (best, least) = (range, error);
            }
        }

        return best;
    }

    private double Edge(int bin) => Extremes.Low + (((double)Extremes.High - Extremes.Low) * bin / Bins);
}
