using Attune.Learning.Gaussian;
using Attune.Learning.Linear;

namespace Attune.Design.Proxies;

/// <summary>
/// Similarity of designs as a fleet of known devices sees it: how alike the devices' deviations from their mean are (units shared across devices), how alike
/// the designs' units and structure are, and how alike all devices' latencies are. How much each of these counts is learnt by pretending that known devices are
/// targets. Immutable after construction; safe for several threads.
/// </summary>
internal sealed class FleetKernel
{
    private const int Parts = 5;
    private const int PretendedTargets = 8;
    private const int PretendedSamples = 40;

    // Where learning starts, and what counts with too few devices to learn from: logarithms of variances for latencies of mean 1.
    private static readonly double[] Usual = [-4.5, -7, -7, -6, -7, -6.5];
    private readonly double[][] deviations;
    private readonly double[][] logs;
    private readonly double[][] units;
    private readonly double[][] structure;
    private readonly double deviationScale;

    /// <summary>Prepares similarities.</summary>
    /// <param name="fleet">Latencies per device over its mean, without gaps.</param>
    /// <param name="units">Standardised unit counts per design.</param>
    /// <param name="structure">Standardised structure per design; the units again where there is none.</param>
    public FleetKernel(double[][] fleet, double[][] units, double[][] structure)
    {
        int designs = units.Length;
        this.units = units;
        this.structure = structure;
        Mean = new double[designs];
        foreach (double[] device in fleet)
        {
            DenseMatrix.AddScaled(Mean, device, 1.0 / fleet.Length);
        }

        deviations = new double[designs][];
        logs = new double[designs][];
        double[] offsets = [.. fleet.Select(device => device.Zip(Mean, (value, mean) => value - mean).Average())];
        double[] logMeans = [.. fleet.Select(device => device.Average(value => Math.Log(value)))];
        double[] logScales = [.. fleet.Select(
            (device, q) => Math.Sqrt(Math.Max(1e-12, device.Average(value => Math.Pow(Math.Log(value) - logMeans[q], 2))) * fleet.Length))];
        double size = 0;
        for (int i = 0; i < designs; i++)
        {
            deviations[i] = new double[fleet.Length];
            logs[i] = new double[fleet.Length];
            for (int q = 0; q < fleet.Length; q++)
            {
                deviations[i][q] = fleet[q][i] - Mean[i] - offsets[q];
                logs[i][q] = (Math.Log(fleet[q][i]) - logMeans[q]) / logScales[q];
            }

            size += DenseMatrix.Dot(deviations[i], deviations[i]) / designs;
        }

        deviationScale = size > 0 ? 1 / size : 0;
    }

    /// <summary>Mean device, per design.</summary>
    public double[] Mean { get; }

    /// <summary>The trend of designs: the mean device, around 0.</summary>
    public double[] Trend(ReadOnlySpan<int> designs)
    {
        var trend = new double[designs.Length];
        for (int i = 0; i < trend.Length; i++)
        {
            trend[i] = Mean[designs[i]] - 1;
        }

        return trend;
    }

    /// <summary>The kernels between two sets of designs.</summary>
    public double[][] Kernels(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var kernels = new double[Parts][];
        for (int k = 0; k < Parts; k++)
        {
            kernels[k] = new double[left.Length * right.Length];
        }

        for (int i = 0; i < left.Length; i++)
        {
            for (int j = 0; j < right.Length; j++)
            {
                int at = (i * right.Length) + j;
                int a = left[i];
                int b = right[j];
                kernels[0][at] = DenseMatrix.Dot(deviations[a], deviations[b]) * deviationScale;
                kernels[1][at] = DenseMatrix.Dot(units[a], units[b]);
                kernels[2][at] = DenseMatrix.Dot(structure[a], structure[b]);
                kernels[3][at] = Math.Exp(-Distance(structure[a], structure[b]) / 2);
                kernels[4][at] = Math.Exp(-Distance(logs[a], logs[b]) / 2);
            }
        }

        return kernels;
    }

    /// <summary>How much each kernel counts, from pretending that devices of a fleet are targets of the others.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="units">Standardised unit counts.</param>
    /// <param name="structure">Standardised structure.</param>
    /// <param name="random">Draws designs and devices.</param>
    public static double[] LearnWeights(double[][] fleet, double[][] units, double[][] structure, Random random)
    {
        const int MinFleet = 4;
        if (fleet.Length < MinFleet || units.Length < PretendedSamples)
        {
            return Usual;
        }

        int[] devices = [.. Enumerable.Range(0, fleet.Length)];
        random.Shuffle(devices);
        var tasks = new List<KernelSum>();
        foreach (int device in devices.Take(PretendedTargets))
        {
            var others = new FleetKernel([.. fleet.Where((_, q) => q != device)], units, structure);
            int[] designs = [.. Enumerable.Range(0, units.Length)];
            random.Shuffle(designs);
            int[] sample = designs[..PretendedSamples];
            tasks.Add(new KernelSum(others.Kernels(sample, sample), others.Trend(sample), [.. sample.Select(i => fleet[device][i])]));
        }

        return KernelSum.Learn(tasks, Usual, 0.01);
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}
