namespace Attune.Design.Data;

/// <summary>Finds devices that are one device under two names: their ratio hardly varies, which two machines never manage.</summary>
public static class DeviceCopies
{
    private const double LargestSpread = 0.03;
    private const int LeastDesigns = 10;

    /// <summary>True when the logarithm of the ratio has a standard deviation below 3 % over at least 10 common designs.</summary>
    /// <param name="left">Latencies; NaN where a design does not run.</param>
    /// <param name="right">As many.</param>
    public static bool AreCopies(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        double squares = 0;
        int count = 0;
        double least = double.PositiveInfinity;
        double most = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double ratio = Math.Log(left[i] / right[i]);
            if (double.IsFinite(ratio))
            {
                sum += ratio;
                squares += ratio * ratio;
                count++;
                least = Math.Min(least, left[i]);
                most = Math.Max(most, left[i]);
            }
        }

        // Designs that all take about the same time have small ratios whatever the devices are.
        double spread = Math.Sqrt(Math.Max(0, (squares / Math.Max(1, count)) - (sum * sum / Math.Max(1, (double)count * count))));
        return count >= LeastDesigns && spread < LargestSpread && most > least * 1.5;
    }
}
