using System.Text.Json.Nodes;
using static Attune.Bench.Networks.MarkdownTable;

namespace Attune.Bench.Networks;

/// <summary>The layers of one row, from the profile in its bench document.</summary>
internal sealed class LayerReport(BenchRow row)
{
    private readonly JsonNode profile = row.Bench!["profile"]!;

    /// <summary>Writes heading, sums and table.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"#### {row.Key.Label}");
        output.WriteLine();
        output.WriteLine($"{Format(profile.Number("runs"), "0")} runs of {Milliseconds("run_ms")}: {Milliseconds("in_steps_ms")} in steps, "
            + $"{Milliseconds("between_steps_ms")} waiting between them, {Milliseconds("other_ms")} not attributed. The machine at that time: "
            + $"{Format(profile.Number("peak_flops") / 1e9, "0.0")} GFLOP/s, {Format(profile.Number("bytes_per_second") / 1e9, "0.0")} GB/s.");
        output.WriteLine();
        MarkdownTable.Write(
            output,
            ["layer", "what", "algorithm", ">ms ± sd", ">share", ">GFLOP/s", ">executed", ">GB/s", "bound by", ">roofline", ">of executed", ">waiting"],
            profile.Items("layers").Select(Cells));
        string[] summary = [.. Summary("compute", "compute-bound layers that execute every multiplication"), .. Summary(
            "memory", "memory-bound matrix products")];
        foreach (string line in summary)
        {
            output.WriteLine($"- {line}");
        }

        output.WriteLine();
    }

    private string Milliseconds(string path) => Format(profile.Number(path), "0.000", " ms");

    private static string[] Cells(JsonNode layer)
    {
        bool computes = layer.Text("algorithm") is not null;
        bool saves = layer.Number("executed_flops") < layer.Number("flops");
        return
        [
            layer.Text("layer") ?? string.Empty,
            layer.Text("title") ?? string.Empty,
            layer.Text("algorithm") ?? string.Empty,
            $"{Format(layer.Number("ms"), "0.000")} ± {Format(layer.Number("spread_ms"), "0.000")}",
            Percent(layer.Number("share")),
            computes ? Format(layer.Number("gflops"), "0.0") : string.Empty,
            computes && saves ? Format(layer.Number("executed_gflops"), "0.0") : string.Empty,
            Format(layer.Number("gbs"), "0.0"),
            layer.Text("bound") ?? string.Empty,
            Percent(layer.Number("roofline_share"), "0"),
            saves ? Percent(layer.Number("executed_roofline_share"), "0") : string.Empty,
            Percent(layer.Number("wait_share"), "0"),
        ];
    }

    /// <summary>
    /// How near the roofline the layers of one kind are, weighted by time. For memory only matrix products: other layers mostly read from caches.
    /// </summary>
    private IEnumerable<string> Summary(string bound, string what)
    {
        JsonNode[] layers =
        [
            .. profile.Items("layers").Where(layer => layer.Text("bound") == bound && layer.Text("algorithm") is not null
                && layer.Number("executed_flops") == layer.Number("flops")
                && (bound == "compute" || layer.Text("title")?.StartsWith("dense", StringComparison.Ordinal) == true)),
        ];
        double time = layers.Sum(layer => layer.Number("ms") ?? 0);
        if (time > 0)
        {
            double[] shares = [.. layers.Select(layer => layer.Number("roofline_share") ?? 0)];
            double mean = layers.Sum(layer => (layer.Number("ms") ?? 0) * (layer.Number("roofline_share") ?? 0)) / time;
            yield return $"{layers.Length} {what}: {Percent(shares.Min(), "0")} to {Percent(shares.Max(), "0")} of the roofline, "
                + $"{Percent(mean, "0")} weighted by time";
        }
    }
}
