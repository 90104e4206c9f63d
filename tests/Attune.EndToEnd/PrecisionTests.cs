using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>Models that are quantised and tuned in one go, as users ask for it.</summary>
[Trait(Category.Name, Category.Slow)]
public sealed class PrecisionTests : WorkFolder
{
    [Theory]
    [InlineData("i8")]
    [InlineData("mixed")]
    public async Task A_model_is_quantised_and_tuned_says_what_that_cost_and_resumes(string precision)
    {
        string model = PathOf("classifier.onnx");
        SmallModel.WriteClassifier(model);
        string output = PathOf("classifier.attune");
        string[] command =
        [
            "tune", model, "--precision", precision, "--calibration", "random:12", "--accuracy-budget", "60%", "--budget", "8trials", "--threads", "1",
            "--records", PathOf("r.jsonl"), "-o", output, "--json",
        ];
        ToolRun tune = await Tool.RunAsync(Folder, command);
        tune.Exit.ShouldBe(0, tune.ToString());
        JsonElement done = tune.Json.GetProperty("precision");
        done.GetProperty("precision").GetString().ShouldBe(precision);
        done.GetProperty("loss").GetDouble().ShouldBeLessThanOrEqualTo(0.6);
        done.GetProperty("allowed_loss").GetDouble().ShouldBe(0.6, 1e-12);
        int rounded = done.GetProperty("brain_layers").GetArrayLength();
        (done.GetProperty("layers").GetInt32() + done.GetProperty("float_layers").GetArrayLength() + rounded).ShouldBe(5);
        JsonElement search = done.GetProperty("search");
        search.ValueKind.ShouldBe(precision == "mixed" ? JsonValueKind.Object : JsonValueKind.Null);
        if (precision == "mixed")
        {
            search.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("node").GetString()).ShouldBe(
                ["stem", "full", "depthwise", "pointwise", "dense"]);
            search.GetProperty("trials").EnumerateArray().ShouldAllBe(
                trial => trial.GetProperty("is_within").GetBoolean() == (trial.GetProperty("loss").GetDouble() <= 0.6));
        }

        // Kernels compute what the network on bytes says; the model of floats is farther away.
        ToolRun verify = await Tool.RunAsync(Folder, "verify", output, "--model", model, "--json");
        verify.Exit.ShouldBe(0, verify.ToString());

        ToolRun again = await Tool.RunAsync(Folder, command);
        again.Exit.ShouldBe(0, again.ToString());
        again.Json.GetProperty("precision").GetProperty("search").ValueKind.ShouldBe(JsonValueKind.Null);
        again.Json.GetProperty("precision").GetProperty("float_layers").ToString().ShouldBe(done.GetProperty("float_layers").ToString());
        again.Json.GetProperty("precision").GetProperty("brain_layers").ToString().ShouldBe(done.GetProperty("brain_layers").ToString());
        again.Json.GetProperty("replayed").GetInt32().ShouldBe(8);
    }
}
