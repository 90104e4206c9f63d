using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary><c>bench --profile</c> and <c>--trace</c> as users run them.</summary>
public sealed class ProfileTests : WorkFolder
{
    private const string Model = "zoo:squeezenet_v1.1";

    [Fact]
    public async Task Every_layer_is_profiled_and_traced()
    {
        string trace = PathOf("trace.json");
        ToolRun run = await Tool.RunAsync(Folder, "bench", Model, "--threads", "1", "--duration", "1s", "--profile", "--trace", trace, "--json");
        run.Exit.ShouldBe(0, run.ToString());
        run.Json.GetProperty("written")[0].GetString().ShouldBe(trace);
        JsonElement profile = run.Json.GetProperty("profile");
        double total = profile.GetProperty("run_ms").GetDouble();
        total.ShouldBeGreaterThan(0);
        (profile.GetProperty("in_steps_ms").GetDouble() + profile.GetProperty("between_steps_ms").GetDouble() + profile.GetProperty(
            "other_ms").GetDouble()).ShouldBe(total, 1e-9 * total);
        JsonElement[] layers = [.. profile.GetProperty("layers").EnumerateArray()];
        layers.Sum(layer => layer.GetProperty("share").GetDouble()).ShouldBe(1, 1e-6);
        JsonElement first = layers.First(layer => layer.GetProperty("layer").GetString() == "conv1");
        first.GetProperty("algorithm").GetString().ShouldBe("direct");

        // 64 channels of 111 x 111 pixels, each a sum over 3 channels of 3 x 3; a multiply-add is two operations.
        first.GetProperty("flops").GetInt64().ShouldBe(2L * 64 * 111 * 111 * 3 * 3 * 3);
        first.GetProperty("roofline_share").GetDouble().ShouldBeGreaterThan(0);

        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(trace));
        JsonElement[] steps = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray().Where(
            each => each.TryGetProperty("cat", out JsonElement cat) && cat.GetString() == "step")];
        steps.Length.ShouldBe(5 * layers.Length);
        Directory.GetFiles(Folder).ShouldBe([trace]);
    }

    [Fact]
    public async Task The_table_names_every_layer()
    {
        ToolRun run = await Tool.RunAsync(Folder, "bench", Model, "--threads", "1", "--duration", "1s", "--profile");
        run.Exit.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("fire9.expand3x3");
        run.Output.ShouldContain("roofline");
        run.Output.ShouldContain("waiting between them");
        run.Output.ShouldNotContain("Wrote");
    }

    [Fact]
    public async Task A_trace_that_cannot_be_written_is_refused_before_anything_is_measured()
    {
        ToolRun run = await Tool.RunAsync(Folder, "bench", Model, "--trace", Path.Combine(Folder, "missing", "trace.json"), "--json");
        run.Exit.ShouldBe(2, run.ToString());
        run.ErrorCode.ShouldBe("AT1010");
        run.Json.GetProperty("error").GetProperty("next").GetString()!.ShouldContain("--trace");
    }
}
