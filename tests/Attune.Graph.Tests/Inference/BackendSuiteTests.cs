using Attune.Graph.Faults;
using Attune.Graph.Reading;
using Attune.Kernels;
using Xunit.Abstractions;

namespace Attune.Graph.Tests.Inference;

/// <summary>Compares inferred types with the expected outputs of ONNX's own node tests, where Debian's libonnx-testdata is installed.</summary>
public sealed class BackendSuiteTests(ITestOutputHelper output)
{
    [NeedingFact(Need.OnnxTests)]
    public void Every_model_is_read_and_inferred_types_are_those_of_the_expected_outputs()
    {
        int known = 0;
        int unknown = 0;
        var wrong = new List<string>();
        var unsupported = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string model in Directory.EnumerateFiles(TestData.OnnxTests, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string test = Path.GetRelativePath(TestData.OnnxTests, Path.GetDirectoryName(model)!);
            LooseReading result = OnnxReader.ReadLoose(model);
            foreach (UnsupportedOperator missing in result.Unsupported)
            {
                unsupported[missing.Operator] = unsupported.GetValueOrDefault(missing.Operator) + 1;
            }

            if (result.Network is null)
            {
                wrong.Add($"{test}: {string.Join("; ", result.Faults)}");
                continue;
            }

            foreach (ModelFault warning in result.Warnings.Where(warning => warning.Code is FaultCodes.TypeMismatch))
            {
                wrong.Add($"{test}: {warning.Message}");
            }

            for (int i = 0; i < result.Network.Outputs.Length; i++)
            {
                string file = Path.Combine(Path.GetDirectoryName(model)!, "test_data_set_0", $"output_{i}.pb");
                string name = result.Network.Outputs[i].Name;
                if (!File.Exists(file) || !result.Network.Types.TryGetValue(name, out TensorType? inferred))
                {
                    unknown++;
                    continue;
                }

                known++;
                Tensor expected = TensorFile.ReadProtobuf(file).OrThrow(fault => new InvalidDataException($"{test}: {fault}"));
                // The suite stores brain floats as their bits.
                bool asBits = inferred.Element == DataType.BFloat16 && expected.Element == DataType.UInt16;
                if (!asBits && !inferred.Equals(expected.Type))
                {
                    wrong.Add($"{test}: output {i} inferred {inferred}, expected {expected.Type}");
                }
            }
        }

        output.WriteLine($"{known} outputs checked, {unknown} of unknown type.");
        output.WriteLine("Unsupported: " + string.Join(", ", unsupported.Select(pair => $"{pair.Key} {pair.Value}")));
        wrong.ForEach(output.WriteLine);
        wrong.ShouldBeEmpty();
        known.ShouldBeGreaterThan(500);
    }
}
