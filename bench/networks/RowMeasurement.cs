using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>
/// Measures one row: tunes, compares with ONNX Runtime in alternating blocks, checks against the reference kernels. A part that fails is noted and the others
/// go on.
/// </summary>
/// <param name="attune">The program.</param>
/// <param name="options">What to do.</param>
/// <param name="widestBits">Widest vectors of the machine.</param>
/// <param name="say">Tells how far things are.</param>
internal sealed class RowMeasurement(IAttune attune, BenchOptions options, int widestBits, Action<string> say)
{
    // Blocks that one comparison has at most, as attune bench divides its time; one run of each is not counted.
    private const int Blocks = 24;
    private const int Attempts = 3;
    private const string Calibration = "random:5";
    private readonly List<string> failures = [];

    // Files that this session quantised: older ones may be of another quantiser.
    private readonly HashSet<string> made = [];

    /// <summary>Measures a row.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="before">The row as measured before, for --reuse.</param>
    /// <exception cref="OperationCanceledException">The user interrupted; nothing of the row is kept but the tune's records.</exception>
    public async Task<(JsonObject? Tune, JsonObject? Verify, JsonObject? Bench, ImmutableArray<string> Failures)> RunAsync(RowKey key, BenchRow? before)
    {
        failures.Clear();
        say($"== {key.Label}");
        string model = Path.Combine(options.Output, key.FileName + ".attune");
        if (await SourceAsync(key) is not { } source)
        {
            return (null, null, null, [.. failures]);
        }

        JsonObject? tune = options.Reuse && File.Exists(model) ? before?.Tune : null;
        if (tune is null)
        {
            string records = Path.Combine(options.Output, key.FileName + ".jsonl");
            tune = await TryAsync(
                key,
                "tune",
                ["tune", source, "--budget", options.Budget, "--threads", $"{key.Threads}", "--records", records, "-o", model, .. key.TuneOptions]);
            if (tune is null)
            {
                return (null, null, null, [.. failures]);
            }
        }
        else
        {
            say($"{key.Label}: taking {model}");
        }

        JsonObject? bench = await CompareAsync(key, model);
        JsonObject? verify = await TryAsync(key, "verify", ["verify", model, "--model", source, "--threads", $"{key.Threads}"]);
        return (tune, verify, bench, [.. failures]);
    }

    /// <summary>
    /// The network as both sides read it: of the zoo, or quantised on random numbers, since the zoo's weights are random too; null when that failed.
    /// </summary>
    private async Task<string?> SourceAsync(RowKey key)
    {
        string network = $"zoo:{key.Network}";
        if (key.Weights != RowKey.Quantised)
        {
            return network;
        }

        string file = Path.Combine(options.Output, $"{key.Network}-{RowKey.Quantised}.onnx");
        bool isThere = made.Contains(file) || (options.Reuse && File.Exists(file));
        if (!isThere && await TryAsync(key, "quantize", ["quantize", network, "--calibration", Calibration, "-o", file]) is null)
        {
            return null;
        }

        made.Add(file);
        return file;
    }

    /// <summary>The comparison, repeated with a longer duration until each side has enough runs.</summary>
    private async Task<JsonObject?> CompareAsync(RowKey key, string model)
    {
        double seconds = options.DurationSeconds;
        JsonObject? answer = null;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            string[] layers = options.PerLayer ? ["--profile"] : [];
            answer = await TryAsync(
                key, "bench", ["bench", model, "--against", "onnxruntime", "--threads", $"{key.Threads}", "--duration", $"{seconds:0.#}s", .. layers]);
            double runs = answer.Number("runs") ?? 0;
            if (answer is null || runs >= options.MinimumRuns)
            {
                return answer;
            }

            seconds = LongerSeconds(answer, attempt);
            say($"{key.Label}: {runs:0} runs are fewer than {options.MinimumRuns}; measuring again for {seconds:0.#} s");
        }

        failures.Add($"bench: only {answer.Number("runs"):0} runs");
        return answer;
    }

    private double LongerSeconds(JsonObject answer, int attempt)
    {
        double both = (answer.Number("latency_ms.mean") ?? 0) + (answer.Number("peer.latency_ms.mean") ?? 0);
        int perBlock = ((options.MinimumRuns + Blocks - 1) / Blocks) + 1;
        return (Blocks * ((perBlock * both * (1 + (0.15 * attempt))) + 60) / 1000) + 1;
    }

    private async Task<JsonObject?> TryAsync(RowKey key, string what, string[] arguments)
    {
        ToolAnswer answer = await attune.RunAsync(key.EnvironmentOn(widestBits), arguments);
        if (answer.Failure is { } failure)
        {
            failures.Add($"{what}: {failure}");
            say($"{key.Label}: {failures[^1]}");
        }

        return answer.HasResult ? answer.Document : null;
    }
}
