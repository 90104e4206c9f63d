using Attune.Learning;
using Attune.Tuning.Search;

namespace Attune.Tuning.Bted;

/// <summary>
/// BTED (DATE 2021, algorithm 2): transductive design on several random batches of valid points, then once more on the union of what they picked. The kernel is
/// the radial one on standardised log2 features (<see cref="RadialKernel"/> says why not the printed distance matrix). Cost O(batches * picks * batch size^2).
/// </summary>
internal static class BatchTransductiveDesign
{
    /// <summary>Chooses up to <paramref name="picks"/> unknown valid points, the most informative first.</summary>
    public static IReadOnlyList<long> Choose(SearchMemory memory, int picks, BtedOptions options) =>
        picks == 0 ? [] : [.. Design(memory, Math.Max(picks, options.MinPicks), options).Take(picks)];

    private static IReadOnlyList<long> Design(SearchMemory memory, int picks, BtedOptions options)
    {
        // A batch that is much larger than the number of picks spreads them no better and costs its square.
        int size = Math.Clamp(options.PointsPerPick * picks, 2, options.BatchSize);
        List<long> first = memory.Sampler.Draw(size, memory.Random, memory.IsKnown);
        if (first.Count < size)
        {
            return Thin(memory, first, picks, options.Ridge);
        }

        var union = new List<long>(Thin(memory, first, picks, options.Ridge));
        for (int batch = 1; batch < options.Batches; batch++)
        {
            union.AddRange(Thin(memory, memory.Sampler.Draw(size, memory.Random, memory.IsKnown), picks, options.Ridge));
        }

        return Thin(memory, [.. union.Distinct()], picks, options.Ridge);
    }

    private static IReadOnlyList<long> Thin(SearchMemory memory, List<long> points, int picks, double ridge)
    {
        if (points.Count <= 1)
        {
            return points;
        }

        double[] kernel = RadialKernel.Matrix(StandardScores.Of(FeatureTable.Of([.. points.Select(memory.PlainFeaturesOf)])));
        return [.. TransductiveDesign.Pick(kernel, points.Count, picks, ridge).Select(pick => points[pick])];
    }
}
