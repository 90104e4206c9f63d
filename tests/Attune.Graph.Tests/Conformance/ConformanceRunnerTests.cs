using Attune.Graph.Conformance;
using Attune.Kernels;
using Xunit.Abstractions;

namespace Attune.Graph.Tests.Conformance;

public sealed class ConformanceRunnerTests(ITestOutputHelper log) : IDisposable
{
    private const string DebianTests = "/usr/share/libonnx-testdata/data/node";

    private readonly string root = Directory.CreateTempSubdirectory("attune-conformance-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Onnx_node_tests_pass_or_are_named_unsupported()
    {
        if (!Directory.Exists(DebianTests))
        {
            log.WriteLine($"Skipped: {DebianTests} is absent; install libonnx-testdata to run ONNX's node tests.");
            return;
        }

        ConformanceReport report = ConformanceRunner.Run(DebianTests);
        log.WriteLine($"{report.Passed} passed, {report.Failed} failed, {report.Unsupported} unsupported");
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Failed).Select(verdict => verdict.ToString()).ShouldBeEmpty();
        report.Passed.ShouldBeGreaterThanOrEqualTo(600);
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported).ShouldAllBe(verdict => verdict.Operator.Length > 0 && verdict.Reason.Length > 0);
    }

    [Fact]
    public void A_correct_expectation_passes()
    {
        WriteTest("test_right", "Relu", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(Path.Combine(root, "test_right"));
        report.Verdicts.ShouldHaveSingleItem().ShouldBe(new ConformanceVerdict("test_right", ConformanceStatus.Passed, string.Empty, string.Empty, 0));
    }

    [Fact]
    public void A_wrong_expectation_fails_with_the_error()
    {
        WriteTest("test_wrong", "Relu", Tensor.Vector(0f, 2.5f));
        ConformanceVerdict verdict = ConformanceRunner.Run(root).Verdicts.ShouldHaveSingleItem();
        verdict.Status.ShouldBe(ConformanceStatus.Failed);
        verdict.MaxError.ShouldBe(0.5);
        verdict.Reason.ShouldContain("element 1");
    }

    [Fact]
    public void A_difference_within_the_tolerance_passes()
    {
        WriteTest("test_close", "Relu", Tensor.Vector(0f, 2.001f));
        ConformanceRunner.Run(root).Passed.ShouldBe(1);
    }

    [Fact]
    public void Shape_and_type_must_be_the_same()
    {
        WriteTest("test_shape", "Relu", Tensor.Of(Shape.Of(2, 1), new float[] { 0, 2 }));
        WriteTest("test_type", "Relu", Tensor.Vector(0.0, 2));
        ConformanceRunner.Run(root).Failed.ShouldBe(2);
    }

    [Fact]
    public void An_unknown_operator_is_unsupported_by_name()
    {
        WriteTest("test_random", "RandomNormalLike", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(root);
        report.Unsupported.ShouldBe(1);
        report.UnsupportedOperators.ShouldHaveSingleItem().ShouldBe(("RandomNormalLike", 1));
    }

    [Fact]
    public void Broken_files_fail_and_the_rest_still_runs()
    {
        WriteTest("test_a_broken_model", "Relu", Tensor.Vector(0f, 2));
        File.WriteAllBytes(Path.Combine(root, "test_a_broken_model", "model.onnx"), [0xff, 0xff, 0xff]);
        WriteTest("test_b_broken_input", "Relu", Tensor.Vector(0f, 2));
        File.WriteAllBytes(Path.Combine(root, "test_b_broken_input", "test_data_set_0", "input_0.pb"), [0x08, 0x05, 0x4a, 0x70]);
        WriteTest("test_c_missing_output", "Relu", Tensor.Vector(0f, 2));
        File.Delete(Path.Combine(root, "test_c_missing_output", "test_data_set_0", "output_0.pb"));
        WriteTest("test_d_no_data", "Relu", Tensor.Vector(0f, 2));
        Directory.Delete(Path.Combine(root, "test_d_no_data", "test_data_set_0"), recursive: true);
        WriteTest("test_e_right", "Relu", Tensor.Vector(0f, 2));
        var seen = new List<string>();
        ConformanceReport report = ConformanceRunner.Run(root, verdict => seen.Add(verdict.Test));
        report.Failed.ShouldBe(4);
        report.Passed.ShouldBe(1);
        seen.Count.ShouldBe(5);
        report.Verdicts.ShouldAllBe(verdict => verdict.Status == ConformanceStatus.Passed || verdict.Reason.Length > 0);
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Should.Throw<DirectoryNotFoundException>(() => ConformanceRunner.Run(Path.Combine(root, "nowhere"))).Message.ShouldContain("nowhere");

    /// <summary>A test whose model applies one operator to (-1, 2).</summary>
    private void WriteTest(string name, string op, Tensor expected)
    {
        string data = Path.Combine(root, name, "test_data_set_0");
        Directory.CreateDirectory(data);
        var type = new TensorType(DataType.Float32, Shape.Of(2));
        var network = new Network(
            name,
            [new NetworkValue("x", type)],
            [new NetworkValue("y", type)],
            [new Node("node", op, 17, ["x"], ["y"], Attributes.None)],
            System.Collections.Immutable.ImmutableDictionary<string, Tensor>.Empty,
            System.Collections.Immutable.ImmutableDictionary<string, TensorType>.Empty.Add("x", type).Add("y", type));
        OnnxWriter.Write(network, Path.Combine(root, name, "model.onnx"));
        TensorFile.WriteProtobuf(Path.Combine(data, "input_0.pb"), Tensor.Vector(-1f, 2), "x");
        TensorFile.WriteProtobuf(Path.Combine(data, "output_0.pb"), expected, "y");
    }
}
