using System.Collections.Immutable;

namespace Attune.Tuning;

/// <summary>
/// What random search expects exactly: the mean of optimum / best over all sets of n distinct points of a recorded device. With merits sorted downwards, the k-th best
/// is the maximum of a set when it is in it and the better ones are not.
/// </summary>
public static class RandomExpectation
{
    /// <summary>The expectation after each number of trials; failures have merit 0.</summary>
    /// <param name="device">The recorded device.</param>
    /// <param name="checkpoints">Numbers of trials, at least 1 each.</param>
    public static ImmutableArray<double> Of(RecordedDevice device, ImmutableArray<int> checkpoints)
    {
        double[] merits = [.. device.TimesMs.Where(double.IsFinite).Select(ms => device.BestMs / ms).OrderDescending()];
        return [.. checkpoints.Select(trials => Expect(merits, device.Points, Math.Min(trials, device.Points)))];
    }

    private static double Expect(double[] merits, int points, int trials)
    {
        // absent = probability that the k best are all outside the set.
        double absent = 1;
        double expectation = 0;
        for (int k = 0; k < merits.Length && absent > 0; k++)
        {
            double present = absent * trials / (points - k);
            expectation += present * merits[k];
            absent -= present;
        }

        return expectation;
    }
}
