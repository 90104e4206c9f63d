using System.Text.Json;
using Attune.Graph;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Cli.Tests.Coverage;

/// <summary>What <c>check</c> says of models that run, but not fast.</summary>
public sealed class KernelCoverageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-coverage-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Double_precision_is_slow_and_float32_is_advised()
    {
        var builder = new NetworkBuilder("double", opset: 17);
        var wide = new TensorType(DataType.Float64, Shape.Of(1, 16, 12, 12));
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(16, 16, 3, 3), new double[16 * 16 * 9]));
        string conv = builder.Add("Conv", "conv", [builder.Input("x", wide), weights]);
        builder.Output(builder.Add("Relu", "y", [conv]));

        CliRun run = await CliRun.Of("check", Save(builder), "--json");

        JsonElement reference = run.Json.GetProperty("coverage").GetProperty("reference");
        reference.GetProperty("nodes").GetInt32().ShouldBe(2);
        reference.GetProperty("share").GetDouble().ShouldBe(1, 1e-12);
        JsonElement kernel = run.Json.GetProperty("kernels")[0];
        kernel.GetProperty("operator").GetString().ShouldBe("Conv");
        kernel.GetProperty("execution").GetString().ShouldBe("reference");
        kernel.GetProperty("reason").GetString()!.ShouldContain("float64");
        run.Json.GetProperty("advice")[0].GetString()!.ShouldContain("float32: 100.0 %");
        run.Json.GetProperty("warnings")[0].GetString()!.ShouldContain("many times slower");
    }

    [Fact]
    public async Task Half_precision_runs_on_the_kernels_of_its_32_bit_twin()
    {
        var builder = new NetworkBuilder("half", opset: 17);
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(16, 16, 3, 3), new Half[16 * 16 * 9]));
        builder.Output(builder.Add("Conv", "conv", [builder.Input("x", new TensorType(DataType.Float16, Shape.Of(1, 16, 12, 12))), weights]));

        CliRun run = await CliRun.Of("check", Save(builder), "--json");

        run.Json.GetProperty("coverage").GetProperty("tuned").GetProperty("nodes").GetInt32().ShouldBe(1);
        run.Json.GetProperty("tasks").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task No_conversion_is_advised_where_it_would_not_help()
    {
        var builder = new NetworkBuilder("double", opset: 17);
        builder.Output(builder.Add("Erf", "y", [builder.Input("x", new TensorType(DataType.Float64, Shape.Of(4, 64)))]));

        CliRun run = await CliRun.Of("check", Save(builder), "--json");

        run.Json.GetProperty("coverage").GetProperty("reference").GetProperty("share").GetDouble().ShouldBe(1, 1e-12);
        run.Json.GetProperty("advice").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_model_of_compiled_kernels_is_not_warned_about()
    {
        var builder = new NetworkBuilder("float", opset: 17);
        string weights = builder.Constant("w", Tensor.Of(Shape.Of(16, 16, 3, 3), new float[16 * 16 * 9]));
        string conv = builder.Add("Conv", "conv", [builder.Input("x", 1, 16, 12, 12), weights]);
        builder.Output(builder.Add("MaxPool", "y", [conv], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })));

        CliRun run = await CliRun.Of("check", Save(builder), "--json");

        JsonElement coverage = run.Json.GetProperty("coverage");
        coverage.GetProperty("tuned").GetProperty("nodes").GetInt32().ShouldBe(1);
        coverage.GetProperty("compiled").GetProperty("nodes").GetInt32().ShouldBe(1);
        coverage.GetProperty("reference").GetProperty("nodes").GetInt32().ShouldBe(0);
        run.Json.TryGetProperty("warnings", out _).ShouldBeFalse();
    }

    private string Save(NetworkBuilder builder)
    {
        string path = Path.Combine(folder, "model.onnx");
        OnnxWriter.Write(builder.Build(), path);
        return path;
    }
}
