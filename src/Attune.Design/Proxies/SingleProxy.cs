namespace Attune.Design.Proxies;

/// <summary>One known device as it is, brought to a target by speed and offset alone. Pure.</summary>
internal static class SingleProxy
{
    private const double MinSpread = 1e-12;
    private const double MinError = 1e-12;

    /// <summary>The device that predicts measured designs best when each is left out in turn.</summary>
    /// <param name="fleet">Latencies per device, none missing.</param>
    /// <param name="measured">Positions of the measured designs, at least 3.</param>
    /// <param name="y">Their latencies.</param>
    /// <returns>Its predictions for all designs, and their mean squared error on designs left out.</returns>
    public static (double[] Predicted, double Error) Best(IReadOnlyList<double[]> fleet, int[] measured, double[] y)
    {
        (int Device, double Error, double Slope, double Centre) best = (-1, double.PositiveInfinity, 0, 0);
        double mean = y.Average();
        for (int d = 0; d < fleet.Count; d++)
        {
            double[] x = Folds.Pick(fleet[d], measured);
            double centre = x.Average();
            double spread = Math.Max(MinSpread, x.Sum(value => (value - centre) * (value - centre)));
            double slope = x.Zip(y, (a, b) => (a - centre) * (b - mean)).Sum() / spread;
            double error = 0;
            for (int i = 0; i < x.Length; i++)
            {
                // What a line errs on a row that it was not fitted to follows from the row's leverage.
                double leverage = (1.0 / x.Length) + ((x[i] - centre) * (x[i] - centre) / spread);
                double left = (y[i] - mean - (slope * (x[i] - centre))) / Math.Max(1e-3, 1 - leverage);
                error += left * left / x.Length;
            }

            best = error < best.Error ? (d, error, slope, centre) : best;
        }

        return ([.. fleet[best.Device].Select(value => mean + (best.Slope * (value - best.Centre)))], Math.Max(best.Error, MinError));
    }
}
