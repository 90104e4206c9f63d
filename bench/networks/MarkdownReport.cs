using System.Text.Json.Nodes;
using static Attune.Bench.Networks.MarkdownTable;

namespace Attune.Bench.Networks;

/// <summary>The tables of docs/benchmarks.md, made from stored results alone.</summary>
/// <param name="results">What was measured.</param>
/// <param name="rows">The rows to show, in order.</param>
internal sealed class MarkdownReport(BenchResults results, IReadOnlyList<BenchRow> rows)
{
    private const double Mebi = 1 << 20;
    private static readonly string[] KeyColumns = ["network", ">threads", ">vectors", "weights"];

    private string Peer => rows.Select(row => row.Bench.Text("peer.name")).FirstOrDefault(name => name is not null) ?? "ONNX Runtime";

    /// <summary>Writes the report.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="perLayer">With a table for every row whose layers were measured.</param>
    public void Write(TextWriter output, bool perLayer)
    {
        WriteMachine(output);
        output.WriteLine("Latency in milliseconds, batch 1; vectors: the widest that Attune used, bits; weights: how Attune stored them "
            + "(computed in float32), or bytes where both sides read the quantised network; "
            + "ratio: peer / Attune:");
        output.WriteLine();
        MarkdownTable.Write(
            output,
            [
                .. KeyColumns, ">Attune, mean ± sd", ">median", ">p95", ">p99", ">ONNX Runtime, mean ± sd", ">median", ">p95", ">p99", ">runs each",
                ">ratio [95 %]",
            ],
            rows.Where(row => row.Bench is not null).Select(Latency));
        WriteList(output, [.. RatioMeans.Lines(rows)]);
        output.WriteLine("Tuning (before: default configurations; search: fitting and proposing; JIT: compiling candidates):");
        output.WriteLine();
        MarkdownTable.Write(
            output,
            [.. KeyColumns, ">before", ">after", ">tasks", ">trials", ">of them from records", ">time", ">new trials / s", ">search", ">JIT", ">together"],
            rows.Where(row => row.Tune is not null).Select(Tuning));
        output.WriteLine("Load (file to ready model in a fresh process; ONNX Runtime: session created), peak resident memory of the process, managed bytes "
            + "allocated per inference, and largest error against the reference kernels (relative: to the largest magnitude of the output):");
        output.WriteLine();
        MarkdownTable.Write(
            output,
            [.. KeyColumns, ">load", ">ONNX Runtime", ">peak memory", ">ONNX Runtime", ">allocated", ">error, absolute", ">relative", ">allowed", "within"],
            rows.Where(row => row.Bench is not null || row.Verify is not null).Select(Cost));
        if (perLayer)
        {
            foreach (BenchRow row in rows.Where(row => row.Bench?["profile"] is JsonObject))
            {
                new LayerReport(row).Write(output);
            }
        }

        string[] failures = [.. rows.SelectMany(row => row.Failures.Select(failure => $"{row.Key.Label}: {failure}"))];
        if (failures.Length > 0)
        {
            output.WriteLine("Failed:");
            output.WriteLine();
            WriteList(output, failures);
        }
    }

    private static void WriteList(TextWriter output, string[] lines)
    {
        foreach (string line in lines)
        {
            output.WriteLine($"- {line}");
        }

        if (lines.Length > 0)
        {
            output.WriteLine();
        }
    }

    private void WriteMachine(TextWriter output)
    {
        JsonObject machine = results.Machine;
        string[] peaks = [.. machine.Items("speed").Select(
            speed => $"{Format(speed.Number("peak_flops") / 1e9, "0.0")} GFLOP/s and {Format(speed.Number("bytes_per_second") / 1e9, "0.0")} GB/s with "
                + $"{Format(speed.Number("threads"), "0")} thread{(speed.Number("threads") == 1 ? string.Empty : "s")}")];
        MarkdownTable.Write(
            output,
            ["machine", string.Empty],
            [
                ["CPU", $"{machine.Text("cpu")}{(machine.Flag("virtualised") == true ? ", virtual machine" : string.Empty)}; "
                    + $"{Format(machine.Number("physical_cores"), "0")} cores, {Format(machine.Number("processors"), "0")} processors"],
                ["instruction sets", string.Join(' ', machine.Items("instruction_sets").Select(set => set.GetValue<string>()))],
                ["memory", Format(machine.Number("memory_bytes") / (1 << 30), "0.0", " GiB")],
                ["peak", string.Join("; ", peaks)],
                ["noise before the runs", $"equal work differed by ±{Percent(machine.Number("noise"))}"],
                ["software", $"{results.System}, .NET {machine.Text("dotnet")}, {Peer}"],
                ["date, commit", string.Join("; ", rows.Select(row => $"{row.Date:yyyy-MM-dd}, {row.Commit}").Distinct())],
                ["command", string.Join("; ", rows.Select(row => $"`{row.Command}`").Distinct())],
            ]);
    }

    private static string[] Latency(BenchRow row) =>
    [
        .. Key(row),
        .. Times(row.Bench, "latency_ms"),
        .. Times(row.Bench, "peer.latency_ms"),
        Format(row.Bench.Number("runs"), "0"),
        $"{Format(row.Bench.Number("ratio.median"), "0.000")} [{Format(row.Bench.Number("ratio.low"), "0.000")}, "
        + $"{Format(row.Bench.Number("ratio.high"), "0.000")}]",
    ];

    private static string[] Times(JsonObject? bench, string path) =>
    [
        bench.Number(path + ".variance") is { } variance ? $"{Format(bench.Number(path + ".mean"), "0.00")} ± {Format(Math.Sqrt(variance), "0.00")}" : Missing,
        Format(bench.Number(path + ".median"), "0.00"),
        Format(bench.Number(path + ".p95"), "0.00"),
        Format(bench.Number(path + ".p99"), "0.00"),
    ];

    private static string[] Tuning(BenchRow row)
    {
        JsonObject? tune = row.Tune;
        double? fresh = tune.Number("trials") - tune.Number("replayed");
        return
        [
            .. Key(row),
            Format(tune.Number("model_latency_ms.before"), "0.00", " ms"),
            Format(tune.Number("model_latency_ms.after"), "0.00", " ms"),
            $"{tune.Items("tasks").Count()}",
            Format(tune.Number("trials"), "0"),
            Format(tune.Number("replayed"), "0"),
            Format(tune.Number("seconds"), "0", " s"),
            Format(fresh / tune.Number("seconds"), "0.0"),
            Percent(tune.Number("search_share")),
            Percent(tune.Number("compile_share")),
            Percent(tune.Number("search_share") + tune.Number("compile_share")),
        ];
    }

    private static string[] Cost(BenchRow row) =>
    [
        .. Key(row),
        Format(row.Bench.Number("load_ms"), "0", " ms"),
        Format(row.Bench.Number("peer.load_ms"), "0", " ms"),
        Format(row.Bench.Number("peak_rss_bytes") / Mebi, "0.0", " MiB"),
        Format(row.Bench.Number("peer.peak_rss_bytes") / Mebi, "0.0", " MiB"),
        Format(row.Bench.Number("allocated_bytes_per_run"), "0", " B"),
        Format(row.Verify.Number("max_abs_error"), "0.0e+00"),
        Format(row.Verify.Number("max_rel_error"), "0.0e+00"),
        Format(row.Verify.Number("tolerance"), "0.#e+00"),
        row.Verify.Flag("passed") switch { true => "yes", false => "no", null => Missing },
    ];

    private static string[] Key(BenchRow row) => [row.Network, $"{row.Threads}", $"{row.VectorBits}", row.Weights];
}
