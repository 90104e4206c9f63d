using System.Text.Json.Nodes;

namespace Attune.Bench.Networks.Tests;

/// <summary>Answers as attune would, with figures that the test chose, and remembers what it was asked.</summary>
internal sealed class ScriptedAttune : IAttune
{
    public List<(string Command, IReadOnlyDictionary<string, string> Environment)> Asked { get; } = [];

    public string Fingerprint { get; set; } = "this-machine";

    public string Help { get; set; } = "--budget --weights";

    /// <summary>Commands that fail, by what they begin with.</summary>
    public string? FailsOn { get; set; }

    /// <summary>The command during which the user interrupts, by what it begins with.</summary>
    public string? InterruptedOn { get; set; }

    /// <summary>Peer's over our time, by network.</summary>
    public Dictionary<string, double> Ratios { get; } = [];

    public int RunsOfFirstBench { get; set; } = 120;

    public Task<string> HelpAsync(string command) => Task.FromResult(Help);

    public Task<ToolAnswer> RunAsync(IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        string command = string.Join(' ', arguments);
        Asked.Add((command, environment));
        if (InterruptedOn is { } wanted && command.StartsWith(wanted, StringComparison.Ordinal))
        {
            throw new OperationCanceledException();
        }

        if (FailsOn is { } failing && command.StartsWith(failing, StringComparison.Ordinal))
        {
            return Task.FromResult(new ToolAnswer(3, Parse("""{ "error": { "code": "AT2020", "message": "No." } }""")));
        }

        string answer = arguments[0] switch
        {
            "doctor" => $$"""{ "cpu": "Test CPU", "fingerprint": "{{Fingerprint}}", "usable_threads": 2, "vector_bits": [128, 256, 512], "speed": [{ "threads": 1, "peak_flops": 2e11, "bytes_per_second": 2e10 }], "noise": 0.01, "dotnet": "10.0" }""",
            "zoo" => """{ "networks": [{ "name": "alexnet" }, { "name": "resnet18" }, { "name": "vgg16" }, { "name": "mobilenet_v1" }, { "name": "squeezenet_v1.1" }] }""",
            "tune" => """{ "model_latency_ms": { "before": 20.0, "after": 10.0 }, "trials": 150, "replayed": 50, "seconds": 20.0, "search_share": 0.05, "compile_share": 0.15, "tasks": [{}, {}, {}] }""",
            "verify" => """{ "max_abs_error": 0.001, "max_rel_error": 2e-6, "passed": true, "tolerance": 1e-4 }""",
            _ => Bench(arguments[1]),
        };
        return Task.FromResult(new ToolAnswer(0, Parse(answer)));
    }

    private string Bench(string model)
    {
        string network = Ratios.Keys.FirstOrDefault(name => Path.GetFileName(model).StartsWith(name, StringComparison.Ordinal)) ?? string.Empty;
        double ratio = Ratios.GetValueOrDefault(network, 2);
        int runs = Asked.Count(asked => asked.Command.StartsWith("bench", StringComparison.Ordinal)) == 1 ? RunsOfFirstBench : 120;
        return $$"""
            {
              "runs": {{runs}}, "latency_ms": { "mean": 10.0, "variance": 0.25, "median": 9.5, "p95": 11.0, "p99": 12.0 }, "load_ms": 40.0,
              "peer": { "name": "onnxruntime 9.9", "latency_ms": { "mean": 20.0, "variance": 1.0, "median": 19.0, "p95": 21.0, "p99": 22.0 }, "load_ms": 50.0, "peak_rss_bytes": 2097152 },
              "ratio": { "median": {{ratio}}, "low": 1.9, "high": 2.1 }, "peak_rss_bytes": 1048576, "allocated_bytes_per_run": 0,
              "profile": { "runs": 7, "run_ms": 10.0, "in_steps_ms": 9.0, "between_steps_ms": 0.75, "other_ms": 0.25, "peak_flops": 2e11, "bytes_per_second": 2e10, "layers": [
                { "layer": "conv1", "title": "conv 3x3", "algorithm": "winograd4", "ms": 4.0, "spread_ms": 0.1, "share": 0.4, "flops": 400, "executed_flops": 100, "gflops": 300.0, "executed_gflops": 75.0, "gbs": 1.0, "bound": "compute", "roofline_share": 1.5, "executed_roofline_share": 0.375, "wait_share": 0.02 },
                { "layer": "conv2", "title": "conv 1x1", "algorithm": "direct", "ms": 3.0, "spread_ms": 0.1, "share": 0.3, "flops": 400, "executed_flops": 400, "gflops": 190.0, "gbs": 1.0, "bound": "compute", "roofline_share": 0.9, "executed_roofline_share": 0.9, "wait_share": 0.02 },
                { "layer": "conv3", "title": "conv 1x1", "algorithm": "direct", "ms": 1.0, "spread_ms": 0.1, "share": 0.1, "flops": 400, "executed_flops": 400, "gflops": 100.0, "gbs": 1.0, "bound": "compute", "roofline_share": 0.5, "executed_roofline_share": 0.5, "wait_share": 0.02 },
                { "layer": "fc", "title": "dense 9->9 m1", "algorithm": "direct", "ms": 2.0, "spread_ms": 0.1, "share": 0.2, "flops": 4, "executed_flops": 4, "gflops": 9.0, "gbs": 18.4, "bound": "memory", "roofline_share": 0.92, "executed_roofline_share": 0.92, "wait_share": 0.02 }
              ] }
            }
            """;
    }

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
