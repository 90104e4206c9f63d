using Attune.Graph;
using Attune.Graph.Building;

namespace Attune.EndToEnd;

/// <summary>Models in which there is nothing, or only a part, to tune.</summary>
public sealed class UntunableTests : WorkFolder
{
    [Fact]
    public async Task A_model_without_tasks_is_written_timed_and_said_to_be_untuned()
    {
        var builder = new NetworkBuilder("soft", opset: 17);
        builder.Output(builder.Add("Softmax", "y", [builder.Input("x", 2, 7)], ("axis", -1L)));
        OnnxWriter.Write(builder.Build(), PathOf("soft.onnx"));

        ToolRun tune = await Tool.RunAsync(Folder, "tune", PathOf("soft.onnx"), "--budget", "30s", "--threads", "1", "-o", PathOf("soft.attune"), "--json");

        tune.Exit.ShouldBe(0, tune.ToString());
        tune.Json.GetProperty("trials").GetInt32().ShouldBe(0);
        tune.Json.GetProperty("tasks").GetArrayLength().ShouldBe(0);
        tune.Json.GetProperty("warnings")[0].GetString()!.ShouldContain("nothing was searched");
        double before = tune.Json.GetProperty("model_latency_ms").GetProperty("before").GetDouble();
        tune.Json.GetProperty("model_latency_ms").GetProperty("after").GetDouble().ShouldBe(before);
        (await Tool.RunAsync(Folder, "verify", PathOf("soft.attune"), "--model", PathOf("soft.onnx"))).Exit.ShouldBe(0);
    }
}
