namespace Attune.Learning.Tests.Gaussian;

/// <summary>Compares gradients with central differences.</summary>
internal static class Slopes
{
    public delegate double Function(double[] point, double[] gradient);

    /// <summary>
    /// Largest difference between gradient and central difference, relative to the larger of the difference and a floor of the gradient's size.
    /// </summary>
    public static double LargestError(Function function, double[] point, IEnumerable<int> which, double step = 1e-5)
    {
        var gradient = new double[point.Length];
        function(point, gradient);
        double floor = 1e-3 * Math.Sqrt(gradient.Sum(g => g * g));
        double worst = 0;
        var scratch = new double[point.Length];
        foreach (int i in which)
        {
            double kept = point[i];
            point[i] = kept + step;
            double above = function(point, scratch);
            point[i] = kept - step;
            double below = function(point, scratch);
            point[i] = kept;
            double difference = (above - below) / (2 * step);
            worst = Math.Max(worst, Math.Abs(gradient[i] - difference) / Math.Max(floor, Math.Abs(difference)));
        }

        return worst;
    }
}
