using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort.Recorded;

/// <summary>A convolution and its low-rank form: multiply-adds of both.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Exact">Multiply-adds of the exact form.</param>
/// <param name="LowRank">Multiply-adds of the two thin convolutions.</param>
internal sealed record RankedConvolution(string Layer, double Exact, double LowRank)
{
    // Two thin convolutions reach about half the rate of a full one on such boards: an assumption, since nobody recorded them.
    private const double Efficiency = 0.5;

    /// <summary>Time of the low-rank form over time of the exact one; 1 or more where it is not worth it.</summary>
    public double TimeRatio => LowRank / Exact / Efficiency;

    /// <summary>Reads the convolutions of a network, in order.</summary>
    public static ImmutableArray<RankedConvolution> Read(string path, string network, ImmutableArray<DocumentProblem>.Builder problems)
    {
        RecordedTable? table = RecordedTable.Read(path, ["model", "layer_name"], ["conv_order", "orig_macs", "lowrank_macs"], problems);
        return table is null
            ? []
            : [.. Enumerable.Range(0, table.Count)
                .Where(row => table.Text(row, "model") == network)
                .OrderBy(row => table.Number(row, "conv_order"))
                .Select(row => new RankedConvolution(table.Text(row, "layer_name"), table.Number(row, "orig_macs"), table.Number(row, "lowrank_macs")))];
    }
}
