using System.Collections.Immutable;
using Attune.Cli.Conformance;
using Attune.Compile.Conformance;
using Attune.Graph.Conformance;
using Attune.Measuring.Workers;
using Xunit.Abstractions;

namespace Attune.EndToEnd;

/// <summary>ONNX's own tests, exporters' models and the cases of ../shared on every path, and the command that runs them.</summary>
public sealed class ConformanceTests(ITestOutputHelper log) : WorkFolder
{
    // What ../shared/cases holds for features that this version refuses; each must be refused with a reason.
    private static readonly ImmutableHashSet<string> Refused =
    [
        "dequantize_in_blocks", "if_constant_condition", "if_on_shape", "int4_weights_per_column", "local_function_gate", "lstm_forward",
        "gru_linear_before_reset",
        "ml_scaler_linear", "ms_gelu", "ms_skip_layer_norm", "nms_three_boxes", "nonzero_positions", "opset22_cnn", "opset6_relu", "slice_to_nothing",
    ];

    // Every operator of this one rounds to half precision; the expectation was computed in single precision.
    private const string RoundedPerOperator = "fp16_cnn";

    [NeedingFact(Need.OnnxTests)]
    public async Task Tests_and_models_that_come_with_onnx_fail_on_no_path()
    {
        ConformanceReport report = await Run(TestData.OnnxTests);
        Log(report);
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Failed).Select(verdict => verdict.ToString()).ShouldBeEmpty();
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported).ShouldAllBe(
            verdict => verdict.Operator.Length > 0 && verdict.Reason.Length > 0);
        report.Verdicts.Count(verdict => verdict.Path == "reference" && verdict.Test.StartsWith("node/", StringComparison.Ordinal)).ShouldBe(932);
        report.Paths.Where(path => path.Path != "reference").ShouldAllBe(path => path.Report.Passed > 700 && path.Report.WithKernels > 130);
    }

    [NeedingFact(Need.FailedModels)]
    public async Task The_shared_cases_are_right_on_every_path_or_refused_with_a_reason()
    {
        ConformanceReport report = await Run(TestData.Cases);
        Log(report);
        report.Verdicts.Where(
            verdict => verdict.Status == ConformanceStatus.Failed && verdict.Test != RoundedPerOperator).Select(verdict => verdict.ToString()).ShouldBeEmpty();
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported).Select(verdict => verdict.Test).Except(Refused).ShouldBeEmpty();
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported).ShouldAllBe(
            verdict => verdict.Operator.Length > 0 && verdict.Reason.Length > 0);
    }

    [Fact]
    public async Task The_command_runs_every_path_in_processes_of_their_own()
    {
        WriteRelu("test_right", wrong: false);
        ToolRun run = await Tool.RunAsync(Folder, "conformance", Folder, "--json");
        run.Exit.ShouldBe(0);
        run.Json.GetProperty("passed").GetInt32().ShouldBe(1 + (2 * CompiledConformance.Widths.Length));
        run.Json.GetProperty("paths").EnumerateArray().Select(path => path.GetProperty("path").GetString()).ShouldContain("compiled, 4 lanes");
        run.Json.GetProperty("paths")[1].GetProperty("with_kernels").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_result_ends_with_the_gate_code_and_names_test_and_path()
    {
        WriteRelu("test_right", wrong: false);
        WriteRelu("test_wrong", wrong: true);
        ToolRun run = await Tool.RunAsync(Folder, "conformance", Folder, "--kernels", "compiled");
        run.Exit.ShouldBe(5);
        run.Output.ShouldContain("failed test_wrong (compiled, 4 lanes)");
        run.Output.ShouldContain("compiled, 4 lanes: 1 passed (1 with generated kernels), 1 failed, 0 unsupported");
        run.Output.ShouldNotContain("reference:");
    }

    /// <summary>In processes of their own, so that a crash is one failure and not the end of the tests.</summary>
    private static Task<ConformanceReport> Run(string folder) =>
        new ConformanceCrew(new WorkerCommand("dotnet", [Tool.Program, ConformanceWorkerCommand.Name]), TimeProvider.System)
        .RunAsync(ConformanceCase.Find(folder), [.. ConformancePaths.Of(ConformancePaths.Both).Select(path => path.Name)], _ => { }, CancellationToken.None);

    private void Log(ConformanceReport report)
    {
        foreach ((string path, ConformanceReport of) in report.Paths)
        {
            log.WriteLine($"{path}: {of.Passed} passed, {of.WithKernels} with generated kernels, {of.Failed} failed, {of.Unsupported} unsupported");
        }
    }

    /// <summary>A test whose model is y = relu(x) at (-1, 2).</summary>
    private void WriteRelu(string name, bool wrong)
    {
        string data = Path.Combine(Folder, name, "test_data_set_0");
        Directory.CreateDirectory(data);
        var builder = new Graph.Building.NetworkBuilder(name);
        builder.Output(builder.Add("Relu", "y", [builder.Input("x", 2)]));
        Graph.OnnxWriter.Write(builder.Build(), Path.Combine(Folder, name, "model.onnx"));
        Graph.Reading.TensorFile.WriteProtobuf(Path.Combine(data, "input_0.pb"), Kernels.Tensor.Vector(-1f, 2), "x");
        Graph.Reading.TensorFile.WriteProtobuf(Path.Combine(data, "output_0.pb"), Kernels.Tensor.Vector(wrong ? 1f : 0, 2), "y");
    }
}
