using System.Text.Json;
using Attune.Graph;
using Attune.Graph.Building;

namespace Attune.EndToEnd;

/// <summary>Narrow weights as users ask for them.</summary>
public sealed class WeightFormatTests : WorkFolder
{
    private const string Model = "zoo:squeezenet_v1.1";

    [Fact]
    public async Task A_model_tuned_with_bytes_is_smaller_says_so_and_passes_the_gate_of_its_format()
    {
        string output = PathOf("i8.attune");
        ToolRun tune = await Tool.RunAsync(
            Folder, "tune", Model, "--weights", "i8", "--budget", "8trials", "--threads", "1", "--records", PathOf("r.jsonl"), "-o", output, "--json");
        tune.Exit.ShouldBe(0, tune.ToString());
        JsonElement weights = tune.Json.GetProperty("weights");
        weights.GetProperty("format").GetString().ShouldBe("i8");

        // All its convolutions but conv1 and the eight 3x3 ones are 1x1.
        weights.GetProperty("layers").GetArrayLength().ShouldBe(17);
        weights.GetProperty("kept").GetArrayLength().ShouldBe(0);
        weights.GetProperty("bytes_after").GetInt64().ShouldBeLessThan(weights.GetProperty("bytes_before").GetInt64());
        tune.Json.GetProperty("tasks").EnumerateArray().Count(
            task => task.GetProperty("key").GetString()!.EndsWith("/i8", StringComparison.Ordinal)).ShouldBeGreaterThan(3);

        ToolRun verify = await Tool.RunAsync(Folder, "verify", output, "--model", Model, "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        verify.Json.GetProperty("weights").GetString().ShouldBe("i8");
        verify.Json.GetProperty("tolerance").GetDouble().ShouldBe(8 / 127.0, 1e-12);
        verify.Json.GetProperty("max_rel_error").GetDouble().ShouldBeGreaterThan(1e-4);
        (await Tool.RunAsync(Folder, "verify", output, "--model", Model, "--tolerance", "1e-4", "--json")).Exit.ShouldBe(5);

        ToolRun explain = await Tool.RunAsync(Folder, "explain", output, "--layer", "conv10", "--json");
        explain.Json.GetProperty("weights").GetString().ShouldBe("i8");
        explain.Json.GetProperty("layers")[0].GetProperty("title").GetString()!.ShouldEndWith(" i8");

        ToolRun other = await Tool.RunAsync(Folder, "bench", output, "--weights", "f16", "--json");
        other.Exit.ShouldBe(2, other.ToString());
        other.ErrorCode.ShouldBe("AT1005");
    }

    [Fact]
    [Trait(Category.Name, Category.EveryWidth)]
    public async Task An_onnx_model_runs_with_halves()
    {
        ToolRun verify = await Tool.RunAsync(Folder, "verify", Model, "--model", Model, "--weights", "f16", "--threads", "1", "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        verify.Json.GetProperty("tolerance").GetDouble().ShouldBe(16 / 2048.0, 1e-12);
    }

    [Fact]
    public async Task A_model_without_such_layers_is_refused_and_a_misspelt_format_corrected()
    {
        var builder = new NetworkBuilder("soft", opset: 17);
        builder.Output(builder.Add("Softmax", "y", [builder.Input("x", 2, 7)], ("axis", -1L)));
        OnnxWriter.Write(builder.Build(), PathOf("soft.onnx"));
        ToolRun tune = await Tool.RunAsync(Folder, "tune", PathOf("soft.onnx"), "--weights", "i8", "-o", PathOf("soft.attune"), "--json");
        tune.Exit.ShouldBe(2, tune.ToString());
        tune.ErrorCode.ShouldBe("AT1005");
        tune.ToString().ShouldContain("neither dense layers nor 1x1 convolutions");
        ToolRun misspelt = await Tool.RunAsync(Folder, "run", PathOf("soft.onnx"), "--weights", "fp16", "--json");
        misspelt.Exit.ShouldBe(2, misspelt.ToString());
        misspelt.ToString().ShouldContain("'f16'");
    }
}
