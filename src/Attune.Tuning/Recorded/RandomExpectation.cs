using Attune.Measuring;
using Attune.Records;

namespace Attune.Tuning.Recorded;

/// <summary>
/// The exact expectation of random search without repetition on a recorded device: mean over all subsets of n points of optimum / best found, 0 when all of
/// them fail. With times ascending t_1..t_m among N points, the best of n draws is t_i with probability C(N - i, n - 1) / C(N, n).
/// </summary>
public static class RandomExpectation
{
    /// <summary>The expectation after a number of trials.</summary>
    /// <param name="device">The device.</param>
    /// <param name="trials">Distinct trials, at least 1; more than there are points means all of them.</param>
    public static double At(RecordedDevice device, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double[] times = [.. device.Space.Listed!.Value.Select(device.Measure).Where(result => result.Outcome == Outcome.Ok).Select(
            (MeasureResult result) => result.MedianMs).Order()];
        int points = device.Points;
        int drawn = Math.Min(trials, points);
        double expectation = 0;

        // Probability that none of the i fastest is drawn, then that the next is.
        double noneBefore = 1;
        for (int i = 0; i < times.Length && noneBefore > 0; i++)
        {
            double drawsNext = Math.Min(1, (double)drawn / (points - i));
            expectation += noneBefore * drawsNext * (device.BestMs / times[i]);
            noneBefore *= 1 - drawsNext;
        }

        return expectation;
    }
}
