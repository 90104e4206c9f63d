using System.Globalization;

namespace Attune.Bench.Networks;

/// <summary>Geometric means of the ratios, over rows that differ in nothing but the network.</summary>
internal static class RatioMeans
{
    /// <summary>One line for each number of threads, vector width and weight format that has several networks; the networks of the papers apart.</summary>
    public static IEnumerable<string> Lines(IEnumerable<BenchRow> rows)
    {
        string[] papers = [.. BenchOptions.AllNetworks.Take(BenchOptions.PaperNetworks)];
        var measured = rows.Where(row => row.Bench.Number("ratio.median") is > 0).ToArray();
        foreach (var group in measured.GroupBy(row => row.Key with { Network = string.Empty }))
        {
            BenchRow[] ofPapers = [.. group.Where(row => papers.Contains(row.Network))];
            if (ofPapers.Length == papers.Length)
            {
                yield return Line(group.Key, ofPapers, $"the papers' {papers.Length} networks");
            }

            if (group.Count() > 1 && group.Count() > ofPapers.Length)
            {
                yield return Line(group.Key, [.. group], $"{group.Count()} networks");
            }
            else if (ofPapers.Length is > 1 && ofPapers.Length < papers.Length)
            {
                yield return Line(group.Key, ofPapers, $"{ofPapers.Length} networks");
            }
        }
    }

    private static string Line(RowKey key, BenchRow[] rows, string over)
    {
        double mean = Math.Exp(rows.Average(row => Math.Log(row.Bench.Number("ratio.median")!.Value)));
        return $"geometric mean of the ratios, {key.Threads} thread{(key.Threads == 1 ? string.Empty : "s")}, {key.VectorBits}-bit vectors, {key.Weights} "
            + $"weights, over {over}: **{mean.ToString("0.000", CultureInfo.InvariantCulture)}**";
    }
}
