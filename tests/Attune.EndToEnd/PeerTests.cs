using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>Comparison with ONNX Runtime; needs the program that bench/peers/install builds.</summary>
public sealed class PeerTests : WorkFolder
{
    [NeedingFact(Need.OnnxRuntime)]
    public async Task The_peer_runs_the_same_model()
    {
        ToolRun run = await Tool.RunAsync(Folder, "bench", "zoo:squeezenet_v1.1", "--against", "onnxruntime", "--threads", "1", "--duration", "1s", "--json");
        run.Exit.ShouldBe(0, run.ToString());
        run.Json.GetProperty("peer").GetProperty("name").GetString()!.ShouldStartWith("onnxruntime");
        run.Json.GetProperty("peer").GetProperty("latency_ms").GetProperty("median").GetDouble().ShouldBeGreaterThan(0);
        foreach (JsonElement side in (JsonElement[])[run.Json, run.Json.GetProperty("peer")])
        {
            side.GetProperty("load_ms").GetDouble().ShouldBeGreaterThan(0);
            side.GetProperty("peak_rss_bytes").GetInt64().ShouldBeGreaterThan(10_000_000);
        }

        run.Json.GetProperty("allocated_bytes_per_run").GetInt64().ShouldBe(0);
        Directory.GetFiles(Path.GetTempPath(), "attune-peer-*.onnx").ShouldAllBe(
            file => File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddMinutes(-5), "the exported file is removed");
    }

    [Fact]
    public async Task A_gate_that_cannot_be_met_ends_with_five()
    {
        // Demands to be at least ten thousand times as fast as ourselves.
        ToolRun run = await Tool.RunAsync(
            Folder, "bench", "zoo:squeezenet_v1.1", "--against", "zoo:squeezenet_v1.1", "--duration", "1s", "--fail-if-slower", "-99.99", "--json");
        run.Exit.ShouldBe(5, run.ToString());
        run.ErrorCode.ShouldBe("AT5002");
        run.Json.GetProperty("ratio").GetProperty("median").GetDouble().ShouldBeGreaterThan(0);
    }
}
