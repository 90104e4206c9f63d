using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>The whole way on a small network: what must work before anything else is worth looking at, on every machine.</summary>
[Trait(Category.Name, Category.EveryWidth)]
public sealed class SmokeTests : WorkFolder
{
    private const int Classes = 10;

    [Fact]
    [Trait(Category.Name, Category.Smoke)]
    public async Task A_small_network_is_tuned_verified_run_and_compared()
    {
        SmallModel.WriteClassifier(PathOf("c.onnx"));
        ToolRun tune = await Tool.RunAsync(
            Folder, "tune", "c.onnx", "--budget", "16trials", "--threads", "1", "--records", "r.jsonl", "-o", "c.attune", "--json");
        tune.Exit.ShouldBe(0, tune.ToString());
        tune.Json.GetProperty("trials").GetInt32().ShouldBe(16);

        ToolRun verify = await Tool.RunAsync(Folder, "verify", "c.attune", "--model", "c.onnx", "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        verify.Json.GetProperty("max_rel_error").GetDouble().ShouldBeLessThan(1e-4);
        (await Tool.RunAsync(Folder, "verify", "c.attune", "--model", "c.onnx", "--tolerance", "0", "--json")).Exit.ShouldBe(5);

        Write("x.npy", NpyImage.Of("(1, 3, 24, 24)", Enumerable.Range(0, 3 * 24 * 24).Select(i => MathF.Sin(i))));
        float[] tuned = await Run("c.attune");
        float[] untuned = await Run("c.onnx");
        tuned.Sum().ShouldBe(1, 1e-5, "probabilities");
        for (int i = 0; i < Classes; i++)
        {
            tuned[i].ShouldBe(untuned[i], 1e-4);
        }

        ToolRun bench = await Tool.RunAsync(Folder, "bench", "c.attune", "--against", "c.onnx", "--threads", "1", "--duration", "1s", "--json");
        bench.Exit.ShouldBe(0, bench.ToString());
        JsonElement ratio = bench.Json.GetProperty("ratio");
        ratio.GetProperty("median").GetDouble().ShouldBeInRange(ratio.GetProperty("low").GetDouble(), ratio.GetProperty("high").GetDouble());

        ToolRun explain = await Tool.RunAsync(Folder, "explain", "c.attune", "--layer", "full", "--kernel", "--json");
        explain.Exit.ShouldBe(0, explain.ToString());
        explain.Json.GetProperty("programs")[0].GetProperty("program").GetString()!.ShouldContain("for");
    }

    [Fact]
    public async Task A_small_network_is_tuned_with_bytes_and_passes_the_gate_of_its_format()
    {
        SmallModel.WriteClassifier(PathOf("c.onnx"));
        ToolRun tune = await Tool.RunAsync(
            Folder, "tune", "c.onnx", "--weights", "i8", "--budget", "8trials", "--threads", "1", "--records", "r.jsonl", "-o", "c.attune", "--json");
        tune.Exit.ShouldBe(0, tune.ToString());

        // The 1x1 convolution and the dense layer.
        tune.Json.GetProperty("weights").GetProperty("layers").GetArrayLength().ShouldBe(2);
        ToolRun verify = await Tool.RunAsync(Folder, "verify", "c.attune", "--model", "c.onnx", "--json");
        verify.Exit.ShouldBe(0, verify.ToString());
        verify.Json.GetProperty("weights").GetString().ShouldBe("i8");
        verify.Json.GetProperty("tolerance").GetDouble().ShouldBe(8 / 127.0, 1e-12);
        (await Tool.RunAsync(Folder, "verify", "c.attune", "--model", "c.onnx", "--tolerance", "1e-7", "--json")).Exit.ShouldBe(5);
    }

    private async Task<float[]> Run(string model)
    {
        ToolRun run = await Tool.RunAsync(Folder, "run", model, "--threads", "1", "--input", PathOf("x.npy"), "--output", PathOf("y.npy"), "--json");
        run.Exit.ShouldBe(0, run.ToString());
        return NpyImage.Last(await File.ReadAllBytesAsync(PathOf("y.npy")), Classes);
    }
}
