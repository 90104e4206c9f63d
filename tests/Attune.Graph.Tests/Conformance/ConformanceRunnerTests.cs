using System.Collections.Immutable;
using Attune.Graph.Conformance;
using Attune.Graph.Onnx;
using Attune.Graph.Reading;
using Attune.Kernels;
using Google.Protobuf;
using Xunit.Abstractions;

namespace Attune.Graph.Tests.Conformance;

public sealed class ConformanceRunnerTests(ITestOutputHelper log) : IDisposable
{
    private const string DebianTests = TestData.OnnxTests + "/node";

    private static readonly ImmutableArray<IConformanceExecutor> Reference = [new ReferenceConformance()];

    private readonly string root = Directory.CreateTempSubdirectory("attune-conformance-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [NeedingFact(Need.OnnxTests)]
    public void Onnx_node_tests_pass_or_are_named_unsupported()
    {
        ConformanceReport report = ConformanceRunner.Run(DebianTests, Reference, atOnce: 2);
        log.WriteLine($"{report.Passed} passed, {report.Failed} failed, {report.Unsupported} unsupported");
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Failed).Select(verdict => verdict.ToString()).ShouldBeEmpty();
        report.Passed.ShouldBeGreaterThanOrEqualTo(600);
        report.Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported).ShouldAllBe(
            verdict => verdict.Operator.Length > 0 && verdict.Reason.Length > 0);
    }

    [Fact]
    public void A_correct_expectation_passes()
    {
        WriteTest("test_right", "Relu", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(Path.Combine(root, "test_right"), Reference);
        report.Verdicts.ShouldHaveSingleItem().ShouldBe(
            new ConformanceVerdict("test_right", "reference", ConformanceStatus.Passed, string.Empty, string.Empty, 0));
    }

    [Fact]
    public void A_wrong_expectation_fails_with_the_error()
    {
        WriteTest("test_wrong", "Relu", Tensor.Vector(0f, 2.5f));
        ConformanceVerdict verdict = ConformanceRunner.Run(root, Reference).Verdicts.ShouldHaveSingleItem();
        verdict.Status.ShouldBe(ConformanceStatus.Failed);
        verdict.MaxError.ShouldBe(0.5);
        verdict.Reason.ShouldContain("element 1");
    }

    [Fact]
    public void A_difference_within_the_tolerance_passes()
    {
        WriteTest("test_close", "Relu", Tensor.Vector(0f, 2.001f));
        ConformanceRunner.Run(root, Reference).Passed.ShouldBe(1);
    }

    [Fact]
    public void Shape_and_type_must_be_the_same()
    {
        WriteTest("test_shape", "Relu", Tensor.Of(Shape.Of(2, 1), new float[] { 0, 2 }));
        WriteTest("test_type", "Relu", Tensor.Vector(0.0, 2));
        ConformanceRunner.Run(root, Reference).Failed.ShouldBe(2);
    }

    [Fact]
    public void An_unknown_operator_is_unsupported_by_name()
    {
        WriteTest("test_random", "RandomNormalLike", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(root, Reference);
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
        ConformanceReport report = ConformanceRunner.Run(root, Reference);
        report.Failed.ShouldBe(4);
        report.Passed.ShouldBe(1);
        report.Verdicts.ShouldAllBe(verdict => verdict.Status == ConformanceStatus.Passed || verdict.Reason.Length > 0);
    }

    [Fact]
    public void Every_path_gives_a_verdict_of_its_own()
    {
        WriteTest("test_a", "Relu", Tensor.Vector(0f, 2));
        WriteTest("test_b", "Relu", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(
            root,
            [new ReferenceConformance(), new Scripted("doubling", inputs => Tensor.Vector(0f, 4)), new Scripted("right", inputs => Tensor.Vector(0f, 2))],
            atOnce: 2);
        report.Verdicts.Select(verdict => (verdict.Test, verdict.Path, verdict.Status)).ShouldBe(
        [
            ("test_a", "reference", ConformanceStatus.Passed), ("test_a", "doubling", ConformanceStatus.Failed), ("test_a", "right", ConformanceStatus.Passed),
            ("test_b", "reference", ConformanceStatus.Passed), ("test_b", "doubling", ConformanceStatus.Failed), ("test_b", "right", ConformanceStatus.Passed),
        ]);
        report.Paths.Select(path => (path.Path, path.Report.Passed, path.Report.Failed, path.Report.WithKernels))
            .ShouldBe([("reference", 2, 0, 0), ("doubling", 0, 2, 0), ("right", 2, 0, 2)]);
    }

    [Fact]
    public void A_path_that_needs_shapes_gets_those_of_the_data()
    {
        WriteTest("test_symbolic", "Relu", Tensor.Vector(0f, 2));
        ForgetShapes(Path.Combine(root, "test_symbolic", "model.onnx"));
        Shape? seen = null;
        ConformanceRunner.Run(
            root, [new Scripted("strict", inputs => Tensor.Vector(0f, 2), ConformanceReading.Strict, network => seen = network.Inputs[0].Type.Shape)])
            .Verdicts.ShouldHaveSingleItem().Status.ShouldBe(ConformanceStatus.Passed);
        seen.ShouldBe(Shape.Of(2));
    }

    [Fact]
    public void A_path_of_constant_operands_sees_one_input()
    {
        WriteTest("test_add", "Add", Tensor.Vector(-1f, 4), second: Tensor.Vector(0f, 2));
        Network? seen = null;
        ConformanceRunner.Run(root, [new Scripted(
            "constant", inputs => Tensor.Vector(inputs["x"].Elements<float>()[0], 4), ConformanceReading.ConstantOperands, network => seen = network)])
            .Verdicts.ShouldHaveSingleItem().Status.ShouldBe(ConformanceStatus.Passed);
        seen!.Inputs.ShouldHaveSingleItem().Name.ShouldBe("x");
        seen.Constants["z"].Elements<float>().ShouldBe([0, 2]);
    }

    [Fact]
    public void What_a_strict_path_cannot_read_is_unsupported_there_and_never_passed()
    {
        // An operator that ONNX's tests run and no network holds.
        WriteTest("test_text", "StringNormalizer", Tensor.Vector(0f, 2));
        ConformanceReport report = ConformanceRunner.Run(root, [new Scripted("strict", _ => throw new InvalidOperationException("must not be asked"))]);
        report.Verdicts.ShouldHaveSingleItem().Status.ShouldBe(ConformanceStatus.Unsupported);
        report.Verdicts[0].Reason.ShouldContain("StringNormalizer");
    }

    [Theory]
    [InlineData("Gather", ConformanceStatus.Failed)]
    [InlineData("RandomNormalLike", ConformanceStatus.Passed)]
    public void A_folder_that_expects_an_error_passes_only_when_the_model_is_refused(string op, ConformanceStatus expected)
    {
        // Relu runs, which is wrong here; an operator without a kernel is refused by name.
        WriteTest("test_refused", op == "Gather" ? "Relu" : op, Tensor.Vector(0f, 2));
        File.WriteAllText(Path.Combine(root, "test_refused", "expect.txt"), "An error about the model.");
        ConformanceRunner.Run(root, Reference).Verdicts.ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void Grouped_tests_are_named_by_their_path_and_a_single_one_by_its_folder()
    {
        WriteTest(Path.Combine("group", "test_deep"), "Relu", Tensor.Vector(0f, 2));
        ConformanceCase.Find(root).ShouldHaveSingleItem().Name.ShouldBe(Path.Combine("group", "test_deep"));
        ConformanceCase.Find(Path.Combine(root, "group", "test_deep") + Path.DirectorySeparatorChar).ShouldHaveSingleItem().Name.ShouldBe("test_deep");
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Should.Throw<DirectoryNotFoundException>(() => ConformanceRunner.Run(Path.Combine(root, "nowhere"), Reference)).Message.ShouldContain("nowhere");

    /// <summary>A test whose model applies one operator to (-1, 2).</summary>
    private void WriteTest(string name, string op, Tensor expected, DataType element = DataType.Float32, Shape? shape = null, Tensor? second = null)
    {
        string data = Path.Combine(root, name, "test_data_set_0");
        Directory.CreateDirectory(data);
        var input = new TensorType(DataType.Float32, Shape.Of(2));
        var output = new TensorType(element, shape ?? Shape.Of(2));
        var network = new Network(
            Path.GetFileName(name),
            second is null ? [new NetworkValue("x", input)] : [new NetworkValue("x", input), new NetworkValue("z", second.Type)],
            [new NetworkValue("y", output)],
            [new Node("node", op, 17, second is null ? ["x"] : ["x", "z"], ["y"], Attributes.None)],
            ImmutableDictionary<string, Tensor>.Empty,
            ImmutableDictionary<string, TensorType>.Empty.Add("x", input).Add("y", output).SetItems(second is null
                ? []
                : [KeyValuePair.Create("z", second.Type)]));
        OnnxWriter.Write(network, Path.Combine(root, name, "model.onnx"));
        TensorFile.WriteProtobuf(Path.Combine(data, "input_0.pb"), Tensor.Vector(-1f, 2), "x");
        TensorFile.WriteProtobuf(Path.Combine(data, "output_0.pb"), expected, "y");
        if (second is not null)
        {
            TensorFile.WriteProtobuf(Path.Combine(data, "input_1.pb"), second, "z");
        }
    }

    /// <summary>Makes the extents of a written model's input and output symbolic.</summary>
    private static void ForgetShapes(string path)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (ValueInfoProto value in model.Graph.Input.Concat(model.Graph.Output))
        {
            value.Type.TensorType.Shape.Dim[0].DimParam = "n";
        }

        File.WriteAllBytes(path, model.ToByteArray());
    }

    /// <summary>A path that answers what it is told.</summary>
    private sealed class Scripted(
        string name,
        Func<IReadOnlyDictionary<string,
        Tensor>,
        Tensor> answer,
        ConformanceReading reading = ConformanceReading.Strict,
        Action<Network>? prepared = null) : IConformanceExecutor
    {
        public string Name => name;

        public ConformanceReading Reading => reading;

        public IConformanceModel Prepare(Network network)
        {
            prepared?.Invoke(network);
            return new Model(answer);
        }

        private sealed class Model(Func<IReadOnlyDictionary<string, Tensor>, Tensor> answer) : IConformanceModel
        {
            public int Kernels => 1;

            public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) =>
                new Dictionary<string, Tensor> { ["y"] = answer(inputs) };

            public void Dispose()
            {
                // There is nothing to free.
            }
        }
    }
}
