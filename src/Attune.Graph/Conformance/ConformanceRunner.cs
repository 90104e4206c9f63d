using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Reference;

namespace Attune.Graph.Conformance;

/// <summary>
/// Runs tests in the layout of ONNX's backend tests with the reference kernels: a test is a folder with model.onnx and folders test_data_set_N,
/// each with input_I.pb and output_I.pb. Tests are untrusted data: whatever is wrong with one becomes its verdict.
/// </summary>
public static class ConformanceRunner
{
    private const string ModelFile = "model.onnx";

    // Folders of tests may be grouped, as in data/node/test_abs; deeper nesting is no test suite.
    private const int DeepestFolder = 3;

    /// <summary>Runs one test or a folder of tests.</summary>
    /// <param name="directory">A test's folder, or a folder with tests in it, at most three levels down.</param>
    /// <param name="progress">Called with each verdict as soon as it is known; null for none.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ConformanceReport Run(string directory, Action<ConformanceVerdict>? progress = null)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no folder '{directory}'. Name a folder in the layout of ONNX's backend tests.");
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var verdicts = ImmutableArray.CreateBuilder<ConformanceVerdict>();
        foreach (string model in Directory.EnumerateFiles(directory, ModelFile, options).Order(StringComparer.Ordinal))
        {
            ConformanceVerdict verdict = RunTest(Path.GetDirectoryName(Path.GetFullPath(model))!);
            verdicts.Add(verdict);
            progress?.Invoke(verdict);
        }

        return new ConformanceReport(verdicts.ToImmutable());
    }

    private static ConformanceVerdict RunTest(string folder)
    {
        string name = Path.GetFileName(folder);
        try
        {
            return RunModel(name, folder);
        }
        catch (UnsupportedOperatorException missing)
        {
            return new ConformanceVerdict(name, ConformanceStatus.Unsupported, missing.Operator, missing.Reason, 0);
        }
#pragma warning disable CA1031 // A hostile test may break the run in any way; the message is the verdict, and the next test must still run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Failure(name, failure is ArgumentException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}");
        }
    }

    private static ConformanceVerdict RunModel(string name, string folder)
    {
        ReadResult model = OnnxReader.ReadLoose(Path.Combine(folder, ModelFile), ReadOptions.Default with { Supports = ReferenceExecutor.Supports });
        if (!model.Unsupported.IsEmpty)
        {
            return new ConformanceVerdict(name, ConformanceStatus.Unsupported, model.Unsupported[0].Operator, model.Unsupported[0].ToString(), 0);
        }

        ModelFault? feature = model.Faults.FirstOrDefault(fault => fault.Code == FaultCodes.UnsupportedFeature);
        if (feature is not null)
        {
            string operators = string.Join(", ", model.Network?.Nodes.Select(node => node.Operator).Distinct() ?? []);
            return new ConformanceVerdict(name, ConformanceStatus.Unsupported, $"{operators} on values that are no tensors", feature.Message, 0);
        }

        if (model.Network is not Network network || !model.Faults.IsEmpty)
        {
            return Failure(name, string.Join("; ", model.Faults));
        }

        string[] sets = [.. Directory.EnumerateDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal)];
        double error = 0;
        foreach (string set in sets)
        {
            ConformanceVerdict? failed = RunSet(name, network, set, ref error);
            if (failed is not null)
            {
                return failed;
            }
        }

        return sets.Length == 0 ? Failure(name, "There is no test_data_set folder.") : new ConformanceVerdict(name, ConformanceStatus.Passed, string.Empty, string.Empty, error);
    }

    /// <summary>Null when all outputs of the data set agree.</summary>
    private static ConformanceVerdict? RunSet(string name, Network network, string set, ref double error)
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (int i = 0; i < network.Inputs.Length; i++)
        {
            string file = Path.Combine(set, $"input_{i}.pb");
            if (File.Exists(file))
            {
                inputs[network.Inputs[i].Name] = Load(file, network.Inputs[i].Type.Element);
            }
        }

        IReadOnlyDictionary<string, Tensor> outputs = ReferenceExecutor.Run(network, inputs);
        for (int i = 0; i < network.Outputs.Length; i++)
        {
            string output = network.Outputs[i].Name;
            string file = Path.Combine(set, $"output_{i}.pb");
            if (!File.Exists(file))
            {
                return Failure(name, $"'{file}' with the expected output '{output}' is missing.");
            }

            TensorComparison comparison = TensorComparison.Of(outputs[output], Load(file, network.Outputs[i].Type.Element));
            error = Math.Max(error, comparison.MaxError);
            if (!comparison.Agrees)
            {
                return Failure(name, $"Output '{output}' of {Path.GetFileName(set)}: {comparison.Reason}", comparison.MaxError);
            }
        }

        return null;
    }

    private static Tensor Load(string file, DataType declared)
    {
        Tensor tensor = TensorFile.ReadProtobuf(file, out ModelFault? fault) ?? throw new ArgumentException(fault?.ToString() ?? $"'{file}' holds no tensor.", nameof(file));
        // NumPy has no brain float, so ONNX's test writer stores such tensors as plain 16-bit integers.
        return declared == DataType.BFloat16 && tensor.Element == DataType.UInt16
            ? Tensor.Of(tensor.Shape, Array.ConvertAll(tensor.Elements<ushort>(), static bits => new BFloat16(bits)))
            : tensor;
    }

    private static ConformanceVerdict Failure(string name, string reason, double error = 0) => new(name, ConformanceStatus.Failed, string.Empty, reason, error);
}
