using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Reading;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>One test on one path: reads the model as the path wants it, runs every data set, compares.</summary>
internal sealed class ConformanceTrial(ConformanceCase test, IConformanceExecutor executor)
{
    // What says that a model is beyond this version, and not that it, or our reading of it, is wrong.
    private static readonly ImmutableHashSet<string> Beyond =
    [
        FaultCodes.UnsupportedOperator, FaultCodes.UnsupportedFeature, FaultCodes.Opset, FaultCodes.UnresolvedShape,
    ];

    private readonly bool expectsError = test.ExpectsError();
    private double error;
    private int kernels;

    public ConformanceVerdict Run()
    {
        LooseReading declared = OnnxReader.ReadLoose(
            test.Model, ReadOptions.Default with { Supports = static (op, opset) => ReferenceExecutor.Supports(op, opset, ConformanceKernels.All) });
        if (Refusal(declared.Faults, declared.Unsupported, declared.Network) is { } refused)
        {
            return refused;
        }

        Network network = declared.Network!;
        ImmutableArray<string> sets = test.DataSets();
        if (sets.IsEmpty)
        {
            return expectsError ? NotRefused() : ConformanceVerdict.Failed(test.Name, executor.Name, "There is no test_data_set folder.");
        }

        foreach (string set in sets)
        {
            if (RunSet(network, set) is { } failed)
            {
                return failed;
            }
        }

        return expectsError ? NotRefused() : Verdict(ConformanceStatus.Passed, string.Empty, string.Empty);
    }

    /// <summary>Null when all outputs of the data set agree.</summary>
    private ConformanceVerdict? RunSet(Network declared, string set)
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (int i = 0; i < declared.Inputs.Length; i++)
        {
            string file = Path.Combine(set, $"input_{i}.pb");
            if (File.Exists(file))
            {
                inputs[declared.Inputs[i].Name] = Load(file, declared.Inputs[i].Type.Element);
            }
        }

        Network network = declared;
        if (executor.Reading != ConformanceReading.Loose)
        {
            if (declared.Inputs.FirstOrDefault(input => Contradicts(declared, input, inputs)) is { } other)
            {
                return Verdict(
                    ConformanceStatus.Unsupported,
                    "data of another rank than declared",
                    $"Input '{other.Name}' is declared as {other.Type}, but {Path.GetFileName(set)} gives {inputs[other.Name].Type}.");
            }

            Result<ReadModel, UnreadableModel> strict = OnnxReader.Read(test.Model, Options(declared, inputs));
            if (!strict.Succeeded)
            {
                return Refusal(strict.Error.Faults, strict.Error.Unsupported, declared);
            }

            network = PassPipeline.Default.Run(strict.Value.Network);
            inputs = inputs.Where(input => network.Inputs.Any(wanted => wanted.Name == input.Key)).ToDictionary(StringComparer.Ordinal);
        }

        using IConformanceModel model = executor.Prepare(network);
        kernels = model.Kernels;
        return Compare(network, model.Run(inputs), set);
    }

    private ConformanceVerdict? Compare(Network network, IReadOnlyDictionary<string, Tensor> outputs, string set)
    {
        for (int i = 0; i < network.Outputs.Length && !expectsError; i++)
        {
            string output = network.Outputs[i].Name;
            string file = Path.Combine(set, $"output_{i}.pb");
            if (!File.Exists(file))
            {
                return ConformanceVerdict.Failed(test.Name, executor.Name, $"'{file}' with the expected output '{output}' is missing.");
            }

            TensorComparison comparison = TensorComparison.Of(outputs[output], Load(file, network.Outputs[i].Type.Element));
            error = Math.Max(error, comparison.MaxError);
            if (!comparison.Agrees)
            {
                return Verdict(ConformanceStatus.Failed, string.Empty, $"Output '{output}' of {Path.GetFileName(set)}: {comparison.Reason}");
            }
        }

        return null;
    }

    /// <summary>Null when the model was read.</summary>
    private ConformanceVerdict? Refusal(ImmutableArray<ModelFault> faults, ImmutableArray<UnsupportedOperator> unsupported, Network? known)
    {
        if (faults.IsEmpty)
        {
            return null;
        }

        ModelFault first = faults[0];
        if (expectsError)
        {
            return Verdict(ConformanceStatus.Passed, string.Empty, first.ToString());
        }

        if (!unsupported.IsEmpty)
        {
            return Verdict(ConformanceStatus.Unsupported, unsupported[0].Operator, unsupported[0].ToString());
        }

        if (!faults.All(fault => Beyond.Contains(fault.Code)))
        {
            return Verdict(ConformanceStatus.Failed, string.Empty, string.Join("; ", faults));
        }

        string operators = string.Join(", ", known?.Nodes.Select(node => node.Operator).Distinct() ?? []);
        string feature = first.Code switch
        {
            FaultCodes.UnsupportedFeature when operators.Length == 0 => "element types",
            FaultCodes.UnsupportedFeature => $"{operators} on values that are no tensors",
            FaultCodes.Opset => "operator set",
            FaultCodes.UnresolvedShape => $"{operators} with shapes that are not known beforehand",
            _ => operators,
        };
        return Verdict(ConformanceStatus.Unsupported, feature, first.ToString());
    }

    private ConformanceVerdict NotRefused() =>
        Verdict(ConformanceStatus.Failed, string.Empty, "The model should be refused with an error about it, but it ran.");

    private ConformanceVerdict Verdict(ConformanceStatus status, string missing, string reason) =>
        new(test.Name, executor.Name, status, missing, reason, error) { Kernels = kernels };

    /// <summary>
    /// How to read the model: with the data's shapes where the model leaves them open or states others, and with constants where the path wants them.
    /// </summary>
    private ReadOptions Options(Network declared, Dictionary<string, Tensor> inputs)
    {
        IEnumerable<KeyValuePair<string, Tensor>> constants = executor.Reading == ConformanceReading.ConstantOperands
            ? inputs.Where(input => input.Key != declared.Inputs[0].Name)
            : [];
        var frozen = constants.ToImmutableDictionary(StringComparer.Ordinal);
        return ReadOptions.Default with
        {
            Constants = frozen,
            Shapes = inputs.Where(input => !frozen.ContainsKey(input.Key) && !(declared.Types.TryGetValue(input.Key, out TensorType? type)
                && type.Shape.Equals(input.Value.Shape)))
                .ToImmutableDictionary(input => input.Key, input => input.Value.Shape.Dimensions),
        };
    }

    /// <summary>Some of ONNX's tests give an operand that only lends its type in another shape than the model declares.</summary>
    private static bool Contradicts(Network declared, NetworkValue input, Dictionary<string, Tensor> inputs) =>
        inputs.TryGetValue(input.Name, out Tensor? data) && declared.Types.TryGetValue(input.Name, out TensorType? type) && type.Shape.Rank != data.Shape.Rank;

    private static Tensor Load(string file, DataType declared)
    {
        Tensor tensor = TensorFile.ReadProtobuf(file).OrThrow(fault => new ArgumentException(fault.ToString(), nameof(file)));
        // NumPy has no brain float, so ONNX's test writer stores such tensors as plain 16-bit integers.
        return declared == DataType.BFloat16 && tensor.Element == DataType.UInt16
            ? Tensor.Of(tensor.Shape, Array.ConvertAll(tensor.Elements<ushort>(), static bits => new BFloat16(bits)))
            : tensor;
    }
}
