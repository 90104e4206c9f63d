using System.Text.Json;

namespace Attune.EndToEnd;

/// <summary>
/// The whole way of a user with a family of models: check, build a proxy, assess another way of running, adapt, optimise, and run the answer.
/// </summary>
public sealed class DesignTests : WorkFolder
{
    private const string Space = """
        { "family": "end-to-end",
          "genes": [
            { "id": "resolution", "values": [16, 24, 32] }, { "id": "width", "values": [0.5, 1, 2] }, { "id": "kernel", "values": [3, 5] },
            { "id": "s1.depth", "values": [1, 2] }, { "id": "s2.expansion", "values": [1, 2, 4] } ],
          "build": { "template": "mobilenet", "stem": 8, "head": 16, "classes": 5,
            "stages": [ { "channels": 8, "stride": 1, "blocks": 2, "expansion": 2 }, { "channels": 16, "stride": 2, "blocks": 1 } ] } }
        """;

    private const string SmallSpace = """
        { "family": "small",
          "genes": [
            { "id": "resolution", "values": [8, 16] }, { "id": "width", "values": [0.5, 1, 2] }, { "id": "kernel", "values": [3, 5] },
            { "id": "s2.bits", "values": ["f32", "i8"] } ],
          "build": { "template": "mobilenet", "stem": 8, "classes": 4,
            "stages": [ { "channels": 8, "stride": 2, "expansion": 2 }, { "channels": 16, "stride": 1, "expansion": 2 } ] } }
        """;

    [Fact]
    public async Task From_a_family_to_a_tuned_model()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "space.json"), Space);
        string[] shared = ["--space", "space.json", "--store", "store.jsonl", "--records", "records.jsonl"];
        (await Tool.RunAsync(Folder, "design", "space", "check", "space.json", "--designs", "5")).Exit.ShouldBe(0);
        ToolRun built = await Tool.RunAsync(
            Folder, ["design", "proxy", "build", .. shared, "--device", "local:threads=1", "--samples", "16", "--held-out", "4", "--json"]);
        built.Exit.ShouldBe(0, built.ToString());
        ToolRun assessed = await Tool.RunAsync(Folder, ["design", "assess", .. shared, "--target", "local:threads=1,batch=2", "--samples", "10"]);
        assessed.Exit.ShouldBe(0, assessed.ToString());
        assessed.Output.ShouldContain("decision");
        ToolRun adapted = await Tool.RunAsync(Folder, ["design", "adapt", .. shared, "--target", "local:threads=1,batch=2", "--samples", "12"]);
        adapted.Exit.ShouldBe(0, adapted.ToString());
        adapted.Output.ShouldContain("method    stack");
        ToolRun matrix = await Tool.RunAsync(
            Folder, ["design", "matrix", .. shared, "--devices", "local:threads=1", "local:threads=1,batch=2", "--samples", "24", "-o", "matrix"]);
        matrix.Exit.ShouldBe(0, matrix.ToString());
        (await File.ReadAllTextAsync(Path.Combine(Folder, "matrix", "report.html"))).ShouldContain("local:threads=1,batch=2");
        ToolRun best = await Tool.RunAsync(
            Folder,
            [
                "design", "optimize", .. shared, "--target", "local:threads=1", "--budget", "1s", "--candidates", "4", "--generations", "3", "--front",
                "--tune", "20trials", "-o", "best.onnx",
            ]);
        best.Exit.ShouldBe(0, best.ToString());
        best.Output.ShouldContain("ranking only");
        best.Output.ShouldContain("front ");
        (await Tool.RunAsync(Folder, "verify", "best.attune", "--model", "best.onnx")).Exit.ShouldBe(0);
        ToolRun impossible = await Tool.RunAsync(
            Folder,
            ["design", "optimize", .. shared, "--target", "local:threads=1", "--budget", "0.0001ms", "--candidates", "3", "--tune", "0", "-o", "none.onnx"]);
        impossible.Exit.ShouldBe(5, impossible.ToString());
        impossible.Error.ShouldContain("AT5005");
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public async Task From_a_family_to_a_model_tuned_for_a_device_of_OpenCL()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "space.json"), SmallSpace);
        string[] shared = ["--space", "space.json", "--store", "store.jsonl", "--records", "records.jsonl"];
        ToolRun untuned = await Tool.RunAsync(Folder, ["design", "front", .. shared, "--target", "local:device=opencl:0,tuned"]);
        untuned.Error.ShouldContain("--device local:device=opencl:0,batch=1,tuned --tune 2m");
        ToolRun built = await Tool.RunAsync(
            Folder,
            [
                "design", "proxy", "build", .. shared, "--device", "local:device=opencl:0,tuned", "--tune", "4trials", "--samples", "12", "--held-out", "0",
                "--json",
            ]);
        built.Exit.ShouldBe(0, built.ToString());
        string key = JsonDocument.Parse(built.Output).RootElement.GetProperty("device").GetString().ShouldNotBeNull();
        key.ShouldStartWith("opencl-");
        key.ShouldEndWith("-opencl/fp32/b1/t1/default/tuned");
        (await File.ReadAllTextAsync(Path.Combine(Folder, "records.jsonl"))).ShouldContain(key.Split('/')[0]);

        string[] measured = [.. (await File.ReadAllLinesAsync(Path.Combine(Folder, "store.jsonl"))).Where(line => line.Contains("\"status\""))];
        measured.Length.ShouldBe(12);
        measured.ShouldAllBe(line => line.Contains("\"ok\"", StringComparison.OrdinalIgnoreCase));

        ToolRun best = await Tool.RunAsync(
            Folder,
            [
                "design", "optimize", .. shared, "--target", "local:device=opencl:0,tuned", "--budget", "10s", "--candidates", "3", "--generations", "2",
                "--tune", "2trials", "-o", "best.onnx", "--json",
            ]);
        best.Exit.ShouldBe(0, best.ToString());
        ToolRun verified = await Tool.RunAsync(Folder, "verify", "best.attune", "--model", "best.onnx", "--device", "opencl:0");
        verified.Exit.ShouldBe(0, verified.ToString());
        verified.Error.ShouldNotContain("default configurations");
    }
}
