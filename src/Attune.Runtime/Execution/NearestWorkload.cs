using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>
/// Finds for a layer that was not tuned the same layer on other extents: a model with open shapes is tuned for some of them and runs with others.
/// </summary>
internal static class NearestWorkload
{
    /// <summary>Knobs of the tuned workload that differs from this one only in batch, height and width, and least; null when there is none.</summary>
    /// <param name="workload">A workload without configuration.</param>
    /// <param name="configurations">Knob texts by task key.</param>
    public static IReadOnlyDictionary<string, string>? Find(
        WeightedWorkload workload, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations)
    {
        if (workload is not ConvolutionWorkload wanted)
        {
            return null;
        }

        IReadOnlyDictionary<string, string>? nearest = null;
        double least = double.PositiveInfinity;
        foreach ((string key, IReadOnlyDictionary<string, string> knobs) in configurations)
        {
            if (ConvolutionWorkload.TryParse(key) is { } known
                && known with { Batch = wanted.Batch, Height = wanted.Height, Width = wanted.Width } == wanted
                && Distance(known, wanted) is var distance && distance < least)
            {
                (nearest, least) = (knobs, distance);
            }
        }

        return nearest;
    }

    // By how many times the work differs, either way.
    private static double Distance(ConvolutionWorkload a, ConvolutionWorkload b) =>
        Math.Abs(Math.Log((double)a.Batch * a.Height * a.Width / ((double)b.Batch * b.Height * b.Width)));
}
